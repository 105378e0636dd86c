using System.Globalization;
using System.Text;
using Bayou.Gateway.Protocol;

namespace Bayou.Unit.Gateway.Protocol;

/// <summary>Writes down what the parser calls.</summary>
internal readonly struct RecordingHandler(List<string> calls, bool isConnectRequired = false, List<string>? lines = null) : IClientCommandHandler
{
    public bool IsConnectRequired => isConnectRequired;

    public void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments) => lines?.Add($"{Text(verb)} [{Text(arguments)}]");

    public ProtocolError OnConnect(ReadOnlySpan<byte> json) => Record($"CONNECT {Text(json)}");

    public ProtocolError OnInfo(ReadOnlySpan<byte> json) => Record($"INFO {Text(json)}");

    public ProtocolError OnPing() => Record("PING");

    public ProtocolError OnPong() => Record("PONG");

    public ProtocolError OnSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid) =>
        Record($"SUB {Text(subject)} [{Text(queueGroup)}] {Text(sid)}");

    public ProtocolError OnUnsubscribe(ReadOnlySpan<byte> sid, int maxDeliveries) =>
        Record(string.Create(CultureInfo.InvariantCulture, $"UNSUB {Text(sid)} {maxDeliveries}"));

    public ProtocolError OnPublish(in PublishCommand command) => Record(
        $"PUB {Text(command.Subject)} [{Text(command.ReplyTo)}] {Text(command.HeaderSizeDigits)}/{Text(command.TotalSizeDigits)} [{Text(command.Headers)}] [{Text(command.Payload)}]");

    private ProtocolError Record(string call)
    {
        calls.Add(call);
        return ProtocolError.None;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
