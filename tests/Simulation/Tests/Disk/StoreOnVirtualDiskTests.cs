using Bayou.Records;
using Bayou.Simulation.Disk;
using Bayou.Simulation.Engine;
using Bayou.Storage;
using Xunit;

namespace Bayou.Simulation.Tests.Disk;

/// <summary>The store on a disk that keeps what a killed process wrote, for the time being.</summary>
public sealed class StoreOnVirtualDiskTests
{
    private static readonly StorageOptions Options = new()
    {
        JournalFileBytes = 64 << 10,
        JournalFillBytes = 16 << 10,
        NewSiloId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
    };

    [Fact]
    public void WhatAKilledProcessWrote_IsDurableOnceItWasRecovered()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new VirtualDisk("n1", new Random(seed));
            using (var store = Open(disk, out _))
            {
                Append(store, 1);
                disk.Faults.CutPowerAfter(2);
                store.Append(Write(2));
                Assert.Throws<PowerCutException>(() => store.Pump());
            }

            using (var store = Open(disk, out var recovered))
            {
                Append(store, recovered + 1);
            }

            disk.LosePower();
            using (Open(disk, out var recovered))
            {
                Assert.InRange(recovered, 2UL, 3UL);
            }
        }
    }

    [Fact]
    public void RemainsOfAnUnfinishedFirstBatch_NeverMixWithAnother()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new VirtualDisk("n1", new Random(seed));
            using (var store = Open(disk, out _))
            {
                store.Append(Write(1, bytes: 20_000));
                disk.Faults.CutPowerAfter(1);
                Assert.Throws<PowerCutException>(() => store.Pump());
                disk.LosePower();
            }

            using (var store = Open(disk, out var recovered))
            {
                store.Append(Write(recovered + 1, bytes: 10));
                Assert.True(store.Pump());
            }

            using (Open(disk, out var recovered))
            {
                Assert.InRange(recovered, 1UL, 2UL);
            }
        }
    }

    private static SiloStore Open(VirtualDisk disk, out ulong last)
    {
        var store = SiloStore.Open(disk.Mount(), Options, static e => throw new InvalidOperationException("unexpected failure", e));
        last = store.Groups is [{ Entries: [.., var newest] }] ? newest.Index : 0;
        return store;
    }

    private static void Append(SiloStore store, ulong index)
    {
        store.Append(Write(index));
        Assert.True(store.Pump());
    }

    private static JournalWrite Write(ulong index, int bytes = 5000)
    {
        var write = new JournalWrite { Group = new GroupId(1) };
        write.Entries.Add(new JournalEntry(index, 1, 0, new byte[bytes]));
        return write;
    }
}
