using System.Buffers;
using Bayou.Raft;
using Bayou.Records;
using static Bayou.Simulation.StandIn.RaftFrames;

namespace Bayou.Simulation.StandIn;

/// <summary>
/// What the entries of a stand-in's group amount to: where its channel stands, which batches it holds, and who its members are. Saved
/// with the entries themselves, so that no replica ever needs another's snapshot.
/// </summary>
internal sealed class StandInState
{
    private readonly SortedDictionary<ulong, SortedDictionary<ulong, ulong>> _batches = [];

    public ulong LastSequence { get; private set; }

    /// <summary>Over everything applied.</summary>
    public ulong Hash { get; private set; }

    public ConfState Members { get; set; } = ConfState.Empty;

    /// <summary>The number of an origin's last batch; 0 for none.</summary>
    public ulong LastNumberOf(ulong origin) => _batches.TryGetValue(origin, out var numbers) ? numbers.Keys.Last() : 0;

    /// <summary>Where a batch is stored.</summary>
    public bool TryFind(ulong origin, ulong number, out ulong firstSequence)
    {
        firstSequence = 0;
        return _batches.TryGetValue(origin, out var numbers) && numbers.TryGetValue(number, out firstSequence);
    }

    public void Apply(in RecordBatch batch)
    {
        if (batch.BaseSequence != LastSequence + 1)
        {
            throw new InvalidOperationException($"A batch begins at {batch.BaseSequence}, and the last message is {LastSequence}.");
        }

        if (batch.BatchNumber <= LastNumberOf(batch.Origin))
        {
            throw new InvalidOperationException($"Batch {batch.BatchNumber} comes after {LastNumberOf(batch.Origin)} of the same origin.");
        }

        if (!_batches.TryGetValue(batch.Origin, out var numbers))
        {
            _batches[batch.Origin] = numbers = [];
        }

        numbers.Add(batch.BatchNumber, batch.BaseSequence);
        LastSequence = batch.LastSequence;
        Hash = ((Hash ^ Checksum.Crc32C(batch.Bytes.Span)) * 0x9E3779B97F4A7C15) ^ (Hash >> 31);
    }

    /// <summary>The state and the entries that led to it.</summary>
    public byte[] Save(ReadOnlySpan<Entry> entries)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Put(output, LastSequence);
        Put(output, Hash);
        foreach (var members in (ReadOnlySpan<IReadOnlyList<ulong>>)[Members.Voters, Members.VotersOutgoing, Members.Learners, Members.LearnersNext, [Members.AutoLeave ? 1UL : 0]])
        {
            Put(output, (ulong)members.Count);
            foreach (var member in members)
            {
                Put(output, member);
            }
        }

        Put(output, (ulong)_batches.Count);
        foreach (var (origin, numbers) in _batches)
        {
            Put(output, origin);
            Put(output, (ulong)numbers.Count);
            foreach (var (number, firstSequence) in numbers)
            {
                Put(output, number);
                Put(output, firstSequence);
            }
        }

        Put(output, (ulong)entries.Length);
        foreach (ref readonly var entry in entries)
        {
            Write(output, entry);
        }

        return output.WrittenSpan.ToArray();
    }

    public static StandInState Restore(ReadOnlyMemory<byte> saved, out Entry[] entries)
    {
        var state = new StandInState { LastSequence = Take(ref saved), Hash = Take(ref saved) };
        var (voters, outgoing, learners, next) = (TakeList(ref saved), TakeList(ref saved), TakeList(ref saved), TakeList(ref saved));
        state.Members = new ConfState { Voters = voters, VotersOutgoing = outgoing, Learners = learners, LearnersNext = next, AutoLeave = TakeList(ref saved)[0] != 0 };
        for (var origins = Take(ref saved); origins > 0; origins--)
        {
            var numbers = state._batches[Take(ref saved)] = [];
            for (var count = Take(ref saved); count > 0; count--)
            {
                numbers.Add(Take(ref saved), Take(ref saved));
            }
        }

        entries = ReadEntries(ref saved);
        return state;
    }

    private static ulong[] TakeList(ref ReadOnlyMemory<byte> saved)
    {
        var list = new ulong[Take(ref saved)];
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = Take(ref saved);
        }

        return list;
    }
}
