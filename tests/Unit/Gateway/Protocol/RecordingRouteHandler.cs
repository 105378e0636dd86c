using System.Globalization;
using System.Text;
using Bayou.Gateway.Protocol;

namespace Bayou.Unit.Gateway.Protocol;

/// <summary>Writes down what the parser of routes calls.</summary>
internal readonly struct RecordingRouteHandler(List<string> calls, bool isConnectRequired = false) : IRouteCommandHandler
{
    public bool IsConnectRequired => isConnectRequired;

    public void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
    {
    }

    public ProtocolError OnConnect(ReadOnlySpan<byte> json) => Record($"CONNECT {Text(json)}");

    public ProtocolError OnInfo(ReadOnlySpan<byte> json) => Record($"INFO {Text(json)}");

    public ProtocolError OnPing() => Record("PING");

    public ProtocolError OnPong() => Record("PONG");

    public ProtocolError OnInterest(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, int weight) =>
        Record(string.Create(CultureInfo.InvariantCulture, $"RS+ {Text(account)} {Text(subject)} [{Text(queueGroup)}] {weight}"));

    public ProtocolError OnInterestEnded(ReadOnlySpan<byte> account, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup) =>
        Record($"RS- {Text(account)} {Text(subject)} [{Text(queueGroup)}]");

    public ProtocolError OnMessage(in RouteMessageCommand command) => Record(
        $"MSG {Text(command.Account)} {Text(command.Subject)} [{Text(command.ReplyTo)}] [{Text(command.QueueGroups)}] "
        + $"{Text(command.HeaderSizeDigits)}/{Text(command.TotalSizeDigits)} [{Text(command.Headers)}] [{Text(command.Payload)}]");

    public ProtocolError OnError(ReadOnlySpan<byte> text)
    {
        calls.Add($"-ERR {Text(text)}");
        return ProtocolError.ErrorFromRoute;
    }

    private ProtocolError Record(string call)
    {
        calls.Add(call);
        return ProtocolError.None;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
