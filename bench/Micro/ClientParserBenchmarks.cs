using System.Text;
using Bayou.Gateway.Protocol;
using BenchmarkDotNet.Attributes;

namespace Bayou.Micro;

/// <summary>The parser over a read buffer full of publishes. Times are per message.</summary>
[MemoryDiagnoser]
public class ClientParserBenchmarks
{
    private const int Messages = 256;

    private readonly ClientParser<Counter> _parser = new(maxControlLineBytes: 4096, maxPayloadBytes: 1024 * 1024);
    private byte[] _input = [];

    [Params(16, 1024)]
    public int PayloadBytes { get; set; }

    [Params("", "_INBOX.Zk3vX2wq8Lr0aYtP.17 ")]
    public string ReplyTo { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        string operation = $"PUB orders.eu.created {ReplyTo}{PayloadBytes}\r\n{new string('x', PayloadBytes)}\r\n";
        _input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(operation, Messages)));
        if (Parse() != Messages * PayloadBytes)
            throw new InvalidOperationException("The parser did not see every message.");
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Parse()
    {
        var counter = new Counter();
        _parser.Parse(_input, ref counter, out _, out _, out _);
        return counter.PayloadBytes;
    }

    private struct Counter : IClientCommandHandler
    {
        public long PayloadBytes;

        public readonly bool IsConnectRequired => false;

        public ProtocolError OnPublish(in PublishCommand command)
        {
            PayloadBytes += command.Payload.Length;
            return ProtocolError.None;
        }

        public readonly void OnControlLine(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> arguments)
        {
        }

        public readonly ProtocolError OnConnect(ReadOnlySpan<byte> json) => ProtocolError.None;

        public readonly ProtocolError OnInfo(ReadOnlySpan<byte> json) => ProtocolError.None;

        public readonly ProtocolError OnPing() => ProtocolError.None;

        public readonly ProtocolError OnPong() => ProtocolError.None;

        public readonly ProtocolError OnSubscribe(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> queueGroup, ReadOnlySpan<byte> sid) => ProtocolError.None;

        public readonly ProtocolError OnUnsubscribe(ReadOnlySpan<byte> sid, int maxDeliveries) => ProtocolError.None;
    }
}
