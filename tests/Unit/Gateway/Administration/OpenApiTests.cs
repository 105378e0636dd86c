using System.Text.Json;
using Bayou.Gateway.Administration;
using Bayou.Grains.Interfaces.Administration;
using Xunit;

namespace Bayou.Unit.Gateway.Administration;

/// <summary>The description of the pages and actions says what there is: no more, and no less.</summary>
public sealed class OpenApiTests
{
    private const string Path = "/bayou/openapi.json";

    [Fact]
    public async Task EveryEndpoint_IsDescribed()
    {
        var described = (await ReadAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(method => (Method: method.Name.ToUpperInvariant(), Path: path.Name)));
        var mapped = new AdministrationPort().Endpoints().Where(static endpoint => endpoint.Path != Path);
        Assert.Equal(mapped.Order(), described.Order());
    }

    [Fact]
    public async Task EverySchema_HasThePropertiesOfItsType()
    {
        var types = typeof(AdministrationEndpoints).Assembly.GetTypes().Concat(typeof(AdminResult).Assembly.GetTypes())
            .Where(static type => !type.IsNested && type.Namespace?.EndsWith(".Administration", StringComparison.Ordinal) == true)
            .ToDictionary(static type => type.Name);
        var schemas = (await ReadAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject().ToList();
        Assert.NotEmpty(schemas);
        Assert.All(schemas, schema => Assert.Equal(
            AdministrationResponder.PropertiesOf(types[schema.Name]).Order(StringComparer.Ordinal),
            schema.Value.GetProperty("properties").EnumerateObject().Select(static property => property.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task EveryReference_LeadsSomewhere()
    {
        var document = await ReadAsync();
        var references = new List<string>();
        Collect(document, references);
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal(
            JsonValueKind.Object, reference[2..].Split('/').Aggregate(document, static (owner, name) => owner.GetProperty(name)).ValueKind));
    }

    private static async Task<JsonElement> ReadAsync()
    {
        var (status, document) = await new AdministrationPort().SendAsync("GET", Path);
        Assert.Equal(200, status);
        return document;
    }

    private static void Collect(JsonElement element, List<string> references)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Collect(item, references);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Name == "$ref") references.Add(property.Value.GetString()!);
                else Collect(property.Value, references);
            }
        }
    }
}
