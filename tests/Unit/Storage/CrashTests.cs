using Bayou.Records;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Xunit;
using static Bayou.Unit.Storage.StoreFixture;

namespace Bayou.Unit.Storage;

/// <summary>Power cuts at any moment of any operation, many times over on the same disk.</summary>
public sealed class CrashTests
{
    private const int Seeds = 120;
    private const int CrashesPerSeed = 6;

    [Fact]
    public void PowerCutsAtAnyMoment_LoseNothingAcknowledgedAndInventNothing()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            try
            {
                using var disk = new MemoryDisk(tracksCrash: true);
                new Run(seed, disk).Execute();
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    /// <summary>What one group wrote and what it was promised.</summary>
    private sealed class Model(GroupId group)
    {
        public GroupId Group => group;

        public List<JournalEntry> Attempted { get; } = [];

        public ulong Acknowledged { get; set; }

        public ulong Applied { get; set; }

        public StoredHardState HardState { get; set; }

        public ulong Trimmed { get; set; } = 1;
    }

    private sealed class Run(int seed, MemoryDisk disk)
    {
        private readonly Random _random = new(seed);
        private readonly List<Model> _groups = [.. Enumerable.Range(1, 3).Select(i => new Model(new GroupId((ulong)i)))];
        private ulong _epoch;

        public void Execute()
        {
            for (var life = 0; life <= CrashesPerSeed; life++)
            {
                using var counting = new CountingDisk(disk);
                counting.CrashAfter = life == CrashesPerSeed ? int.MaxValue : _random.Next(1, 400);
                try
                {
                    using var store = Open(counting);
                    Recover(store);
                    for (var step = 0; step < 60; step++)
                    {
                        Step(store);
                    }
                }
                catch (PowerCutException)
                {
                    // Sometimes only the process ends: what it wrote is still there, and may be lost the next time.
                    if (_random.Next(3) != 0)
                    {
                        disk.Crash(_random);
                    }
                }
            }
        }

        private void Recover(SiloStore store)
        {
            Assert.True(store.Identity.Epoch > _epoch, "the epoch did not grow");
            _epoch = store.Identity.Epoch;
            foreach (var model in _groups)
            {
                var recovered = store.Groups.SingleOrDefault(group => group.Group == model.Group);
                var applied = recovered?.AppliedIndex ?? 0;
                var entries = recovered?.Entries ?? [];
                var last = applied + (ulong)entries.Count;
                Assert.True(last >= model.Acknowledged, $"group {model.Group} ends at {last}, acknowledged {model.Acknowledged}");
                AssertSame([.. model.Attempted.Skip((int)applied).Take(entries.Count)], entries);
                Assert.True((recovered?.HardState.Commit ?? 0) >= model.HardState.Commit);
                Assert.Equal(applied, recovered is null || applied == 0 ? 0 : BitConverter.ToUInt64(recovered.State.Span));

                // What was not acknowledged may be gone; the group goes on with what there is.
                model.Attempted.RemoveRange((int)last, model.Attempted.Count - (int)last);
                model.Acknowledged = last;
                model.Applied = applied;
                Replay(store, model);
            }
        }

        private void Replay(SiloStore store, Model model)
        {
            var log = store.OpenLog(model.Group);
            Assert.Equal(model.Applied, log.LastSequence);
            AssertHolds(log, model);
            Apply(store, model, model.Acknowledged);
            AssertHolds(log, model);
        }

        private static void AssertHolds(ChannelLog log, Model model)
        {
            var batches = ReadAll(log);
            Assert.Equal(log.LastSequence - log.FirstSequence + 1, (ulong)batches.Count);
            foreach (var batch in batches)
            {
                Assert.True(batch.Bytes.Span.SequenceEqual(model.Attempted[(int)batch.BaseSequence - 1].Data.Span));
            }
        }

        private static void Apply(SiloStore store, Model model, ulong upTo)
        {
            var log = store.OpenLog(model.Group);
            while (model.Applied < upTo)
            {
                var entry = model.Attempted[(int)model.Applied];
                Assert.Equal(RecordBatchError.None, RecordBatch.TryRead(entry.Data, out var batch));
                log.Append(batch, entry.Index);
                model.Applied = entry.Index;

                // Trims are part of the log in a server; here they follow from the index, so that a replay repeats them.
                if (entry.Index % 40 == 0)
                {
                    log.TrimTo(entry.Index - 20);
                }
            }
        }

        private void Step(SiloStore store)
        {
            var model = _groups[_random.Next(_groups.Count)];
            switch (_random.Next(12))
            {
                case 0:
                    Check(store);
                    break;
                case 1:
                    store.Seal();
                    break;
                case 2 or 3 or 4:
                    while (store.Pump())
                    {
                        // All that is queued.
                    }

                    break;
                case 5:
                    Apply(store, model, model.Acknowledged);
                    break;
                default:
                    Append(store, model, _random.Next(1, 5));
                    break;
            }
        }

        private void Append(SiloStore store, Model model, int count)
        {
            var write = new JournalWrite { Group = model.Group, GroupCreated = model.Attempted.Count == 0 };
            for (var i = 0; i < count; i++)
            {
                var index = (ulong)model.Attempted.Count + 1;
                var entry = new JournalEntry(index, 1, 1, Batch(index, payloadBytes: _random.Next(2000)).Bytes);
                model.Attempted.Add(entry);
                write.Entries.Add(entry);
            }

            var last = (ulong)model.Attempted.Count;
            var state = new StoredHardState(1, 2, last);
            write.HardState = state;
            write.Completed = _ =>
            {
                model.Acknowledged = Math.Max(model.Acknowledged, last);
                model.HardState = state;
            };
            store.Append(write);
        }

        private void Check(SiloStore store)
        {
            var checkpoint = store.BeginCheckpoint();
            foreach (var model in _groups.Where(model => checkpoint.DirtyGroups.Contains(model.Group)))
            {
                if (_random.Next(2) == 0)
                {
                    Append(store, model, 1);
                }

                Apply(store, model, model.Applied + ((model.Acknowledged - model.Applied) / 2));
                var again = new JournalWrite { Group = model.Group };
                again.Entries.AddRange(model.Attempted.Skip((int)model.Applied));
                var last = (ulong)model.Attempted.Count;
                again.Completed = _ => model.Acknowledged = Math.Max(model.Acknowledged, last);
                store.Append(again);
                checkpoint.Add(State(model.Group, model.Applied) with { HardState = model.HardState });
                if (_random.Next(3) == 0)
                {
                    Apply(store, model, model.Acknowledged);
                }
            }

            checkpoint.Complete();
        }
    }
}
