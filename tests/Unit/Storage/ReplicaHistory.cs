using Bayou.Records;
using Bayou.Storage;
using Xunit;

namespace Bayou.Unit.Storage;

/// <summary>What one replica wrote, and every log that it ever had.</summary>
internal sealed class ReplicaHistory(GroupId group)
{
    private readonly List<JournalEntry> _log = [];
    private readonly List<(ulong Applied, JournalEntry[] Entries)> _logs = [(0, [])];
    private ulong _applied;
    private ulong _appliedTerm;
    private ulong _term = 1;
    private StoredHardState _state;
    private bool _isCreated;

    private ulong Last => _applied + (ulong)_log.Count;

    private (ulong Term, ulong Index) LastPlace => _log.Count > 0 ? (_log[^1].Term, _log[^1].Index) : (_appliedTerm, _applied);

    public JournalWrite Write(int action, int amount)
    {
        var write = new JournalWrite { Group = group, GroupCreated = !_isCreated };
        _isCreated = true;
        switch (action)
        {
            case 0:
                _term++;
                SetState(write, vote: (ulong)amount % 3);
                break;
            case 1:
                // A new leader replaces what is not committed.
                _term++;
                var keep = Math.Max(_applied, Math.Max(_state.Commit, Last - Math.Min(Last, (ulong)amount % 4)));
                _log.RemoveRange((int)(keep - _applied), (int)(Last - keep));
                Append(write, 1 + (amount % 3), amount);
                break;
            case 2:
                SetState(write, commit: Last - ((ulong)amount % 2 * (Last > _state.Commit ? 1UL : 0)));
                break;
            case 3 when amount % 4 == 0:
                Install(write, (ulong)amount % 5);
                break;
            default:
                Append(write, 1 + (amount % 4), amount);
                break;
        }

        _logs.Add((_applied, [.. _log]));
        return write;
    }

    /// <summary>Everything is there.</summary>
    public void AssertIs(RecoveredGroup found)
    {
        Assert.Null(found.Fault);
        Assert.Equal(_state, found.HardState);
        Assert.Equal((_applied, _appliedTerm), (found.AppliedIndex, found.AppliedTerm));
        StoreFixture.AssertSame(_log, found.Entries);
    }

    /// <summary>What is missing is admitted, and what is there was there.</summary>
    public void AssertIsToldBy(RecoveredGroup found)
    {
        if (found.Fault is not { } fault)
        {
            AssertIs(found);
            return;
        }

        var last = found.AppliedIndex + (ulong)found.Entries.Count;
        Assert.True(fault.MayLackEntries || (fault.KnownTerm, fault.KnownIndex).CompareTo(LastPlace) >= 0, $"{fault} and the log went to {LastPlace}");
        Assert.True(fault.MayLackHardState || (_state.Term, _state.Vote) == (found.HardState.Term, found.HardState.Vote));
        Assert.InRange(found.HardState.Commit, 0UL, last);
        Assert.Contains(_logs, log => log.Applied == found.AppliedIndex && StartsWith(log.Entries, found.Entries));

        // What the replica may apply by what it is told is what was committed.
        for (var index = Math.Max(found.AppliedIndex, _applied) + 1; index <= found.HardState.Commit; index++)
        {
            Assert.Equal(_log[(int)(index - _applied) - 1].Term, found.Entries[(int)(index - found.AppliedIndex) - 1].Term);
        }
    }

    private static bool StartsWith(JournalEntry[] log, IReadOnlyList<JournalEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (i >= log.Length || (log[i].Index, log[i].Term) != (entries[i].Index, entries[i].Term) || !log[i].Data.Span.SequenceEqual(entries[i].Data.Span))
            {
                return false;
            }
        }

        return true;
    }

    private void Append(JournalWrite write, int count, int bytes)
    {
        for (var i = 0; i < count; i++)
        {
            // Now and then an entry that takes several sectors.
            var data = new byte[bytes > 290 ? bytes * 30 : bytes];
            Array.Fill(data, (byte)(_term + Last));
            var entry = new JournalEntry(Last + 1, _term, Kind: 1, data);
            _log.Add(entry);
            write.Entries.Add(entry);
        }
    }

    private void SetState(JournalWrite write, ulong? vote = null, ulong? commit = null)
    {
        _state = new StoredHardState(_term, vote ?? _state.Vote, commit ?? _state.Commit);
        write.HardState = _state;
    }

    private void Install(JournalWrite write, ulong ahead)
    {
        _term++;
        (_applied, _appliedTerm) = (Last + ahead + 1, _term);
        _log.Clear();
        write.Snapshot = new StoredSnapshot(_applied, _appliedTerm, new byte[] { (byte)_applied }, ChannelManifest.Empty);
        SetState(write, commit: _applied);
    }
}
