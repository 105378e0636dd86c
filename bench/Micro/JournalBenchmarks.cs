using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using BenchmarkDotNet.Attributes;

namespace Bayou.Micro;

/// <summary>
/// Group commit on a real disk: groups append one entry each at the same moment and wait until all are durable. The time is for
/// the whole round, so it should grow far slower than the number of groups. Uses <c>TMPDIR</c>: point it at the disk in question.
/// </summary>
public class JournalBenchmarks
{
    private readonly object _round = new();
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "bayou-micro-" + Path.GetRandomFileName());
    private JournalWrite[] _writes = [];
    private byte[] _data = [];
    private SiloStore _store = null!;
    private ulong _index;
    private int _waiting;

    [Params(1, 16, 128)]
    public int Groups { get; set; }

    [Params(256, 16 * 1024)]
    public int EntryBytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        Directory.CreateDirectory(_directory);
        _data = new byte[EntryBytes];
        new Random(1).NextBytes(_data);
        _store = SiloStore.Open(new RealDisk(_directory), new StorageOptions(), exception => Environment.FailFast("The disk failed.", exception));
        _store.Start();
        _writes = [.. Enumerable.Range(1, Groups).Select(NewGroup)];
        AppendAndSync();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public void AppendAndSync()
    {
        _waiting = Groups;
        _index++;
        foreach (var write in _writes)
        {
            write.Entries.Add(new JournalEntry(_index, 1, 0, _data));
            _store.Append(write);
        }

        lock (_round)
        {
            while (_waiting > 0)
                Monitor.Wait(_round);
        }
    }

    private JournalWrite NewGroup(int number) => new()
    {
        Group = new GroupId((ulong)number),
        GroupCreated = true,
        Completed = OnDurable,
    };

    private void OnDurable(JournalWrite write)
    {
        write.Clear();
        lock (_round)
        {
            if (--_waiting == 0)
                Monitor.Pulse(_round);
        }
    }
}
