using Bayou.Records;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

public sealed class ChannelLogConcurrencyTests
{
    private const ulong Last = 4000;

    [Fact]
    public async Task ReadersBesideAppendsTrimsAndCheckpoints_SeeEveryMessageInOrder()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var store = Open(new MemoryDisk());
        store.Start();
        var groups = new[] { new GroupId(1), new GroupId(2) };
        var work = new List<Task>();
        foreach (var group in groups)
        {
            var log = store.OpenLog(group);
            work.Add(Task.Run(
                () =>
                {
                    for (var sequence = 1UL; sequence <= Last; sequence++)
                    {
                        log.Append(Batch(sequence, payloadBytes: 120), sequence);
                        store.Append(Write(group, Entry(sequence)));
                        if (sequence % 500 == 0)
                        {
                            log.TrimTo(sequence - 300);
                        }
                    }
                },
                cancellation));
            for (var i = 0; i < 2; i++)
            {
                work.Add(Task.Run(
                    () =>
                    {
                        using var reader = log.OpenReader();
                        for (var last = 0UL; last < Last;)
                        {
                            cancellation.ThrowIfCancellationRequested();
                            if (!reader.TryRead(out var batch))
                            {
                                continue;
                            }

                            Assert.True(batch.BaseSequence == last + 1 || batch.BaseSequence <= log.FirstSequence, "a message was skipped");
                            Assert.Equal(RecordBatchError.None, batch.Verify());
                            last = batch.LastSequence;
                        }
                    },
                    cancellation));
            }
        }

        var all = Task.WhenAll(work);
        while (!all.IsCompleted)
        {
            CheckIn(store, applied: Last);
        }

        await all;
        CheckIn(store, applied: Last);
        Assert.All(groups, group => Assert.Equal(Last - (Last - 300) + 1, (ulong)ReadAll(store.OpenLog(group)).Count));
    }
}
