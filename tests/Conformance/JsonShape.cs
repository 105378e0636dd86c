using System.Text.Json;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Compares what JSON documents are made of, not what they say.</summary>
internal static class JsonShape
{
    /// <summary>Fails where a field of the expected document is missing in the actual one or has another type.</summary>
    public static void AssertHasAllOf(JsonElement expected, JsonElement actual, string path)
    {
        Assert.True(Kind(expected) == Kind(actual), $"{path} is {actual.ValueKind}, not {expected.ValueKind}");
        if (expected.ValueKind == JsonValueKind.Object && !path.EndsWith("http_req_stats", StringComparison.Ordinal))
        {
            foreach (JsonProperty property in expected.EnumerateObject()) AssertHas(property, [actual], path);
        }
        else if (expected.ValueKind == JsonValueKind.Array)
        {
            // The oracle lists in no particular order, so a field may be in any of our elements.
            JsonElement[] elements = [.. actual.EnumerateArray()];
            foreach (JsonElement element in expected.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object))
            {
                foreach (JsonProperty property in element.EnumerateObject()) AssertHas(property, elements, path + "[]");
            }
        }
    }

    private static void AssertHas(JsonProperty property, JsonElement[] candidates, string path)
    {
        JsonElement holder = candidates.FirstOrDefault(one => one.TryGetProperty(property.Name, out _));
        Assert.True(holder.ValueKind == JsonValueKind.Object, $"{path}.{property.Name} is missing");
        AssertHasAllOf(property.Value, holder.GetProperty(property.Name), $"{path}.{property.Name}");
    }

    private static JsonValueKind Kind(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;
}
