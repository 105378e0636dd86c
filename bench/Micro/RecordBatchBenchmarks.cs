using Bayou.Records;
using BenchmarkDotNet.Attributes;

namespace Bayou.Micro;

/// <summary>The record codec: what the gateway pays to build a batch, and every reader to check and walk it. Times are per batch.</summary>
[MemoryDiagnoser]
public class RecordBatchBenchmarks
{
    private static readonly byte[] MessageId = "WFPbSZqQ5TXTsHDAb3mV2k"u8.ToArray();

    private readonly RecordBatchBuilder _builder = new();
    private byte[] _payload = [];
    private RecordBatch _batch;

    [Params(128, 1024)]
    public int PayloadBytes { get; set; }

    [Params(1, 256)]
    public int Records { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _payload = new byte[PayloadBytes];
        new Random(1).NextBytes(_payload);
        if (RecordBatch.TryRead(Build(), out _batch) != RecordBatchError.None)
            throw new InvalidOperationException("A batch that was just built cannot be read.");
    }

    [Benchmark]
    public Memory<byte> Build()
    {
        for (int i = 0; i < Records; i++)
            _builder.Add([], [], MessageId, [], _payload);
        return _builder.Build(origin: 1, batchNumber: 1);
    }

    [Benchmark]
    public RecordBatchError ReadAndVerify()
    {
        var error = RecordBatch.TryRead(_batch.Bytes, out var batch);
        return error == RecordBatchError.None ? batch.Verify() : error;
    }

    [Benchmark]
    public long Walk()
    {
        long bytes = 0;
        foreach (var record in _batch)
            bytes += record.Payload.Length;
        return bytes;
    }
}
