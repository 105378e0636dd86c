using System.Text.Json.Serialization;

namespace Bayou.Gateway.Protocol;

[JsonSerializable(typeof(ServerInfo))]
internal sealed partial class ServerInfoJson : JsonSerializerContext;
