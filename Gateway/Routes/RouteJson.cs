using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Bayou.Gateway.Routes;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RouteInfo))]
[JsonSerializable(typeof(RouteConnect))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class RouteJson : JsonSerializerContext;
