using Bayou.Records;
using Bayou.Storage.Checkpoints;

namespace Bayou.Storage.Journal;

/// <summary>
/// One group while the journal is read: what the checkpoint knew, then record by record. It keeps a log without gaps that was the
/// replica's at some moment, and what is known of the log beyond it.
/// <para>
/// Where a loss does not say what it took, a suffix of the log may have been replaced unseen. An entry proves that it was not by
/// having the term of its predecessor here: the leader of that term wrote both, so the logs agree up to them.
/// </para>
/// </summary>
internal sealed class GroupReplay(GroupId group)
{
    private readonly List<JournalEntry> _entries = [];
    private StoredHardState _hardState;
    private ulong _soundCommit;
    private GroupFault? _carried;
    private (ulong Term, ulong Index) _beyond;
    private bool _isUnproven;
    private bool _mayLackEntries;
    private bool _mayLackHardState;

    public GroupReplay(CheckpointGroup stored)
        : this(stored.Group.Group)
    {
        _hardState = stored.Group.HardState;
        _soundCommit = _hardState.Commit;
        _carried = stored.Group.Fault;
        (AppliedIndex, AppliedTerm, State, Channel) = (stored.Group.AppliedIndex, stored.Group.AppliedTerm, stored.Group.State, stored.Channel);
    }

    public ulong AppliedIndex { get; private set; }

    public ulong AppliedTerm { get; private set; }

    public ReadOnlyMemory<byte> State { get; private set; }

    public ChannelManifest Channel { get; private set; } = ChannelManifest.Empty;

    /// <summary>What the journal holds that a checkpoint has to have written anew.</summary>
    public DirtyGroup Dirty => _entries.Count == 0 ? default : new DirtyGroup(_entries[0].Index, _entries[^1].Index, Deleted: false);

    /// <summary>The journal has told of a loss that its records do not make good.</summary>
    public bool HasNewFault => IsLogUnsound || _mayLackEntries || _mayLackHardState;

    private bool IsLogUnsound => _isUnproven || _beyond != default;

    private ulong LastIndex => AppliedIndex + (ulong)_entries.Count;

    /// <summary>
    /// Adds an entry in place of all of the same or a higher index. One behind a gap only tells that there was more. While a checkpoint
    /// is taken, an entry may come before those below it are written anew, so a gap counts only if it is still there at the end.
    /// </summary>
    public void Add(in JournalEntry entry)
    {
        if (entry.Index <= AppliedIndex)
        {
            return;
        }

        if (entry.Index <= LastIndex + 1)
        {
            var follows = Follows(entry);
            CutFrom(entry.Index);
            if (follows)
            {
                _entries.Add(entry);
                (_beyond, _isUnproven, _mayLackEntries) = (default, false, false);
                return;
            }
        }

        Know(entry.Term, entry.Index);
    }

    public void Set(StoredHardState state)
    {
        _hardState = state;
        _mayLackHardState = false;
        if (!IsLogUnsound)
        {
            _soundCommit = state.Commit;
        }
    }

    /// <summary>Takes the place of everything, unless the checkpoint is newer.</summary>
    public void Install(StoredSnapshot snapshot)
    {
        if (snapshot.Index > AppliedIndex)
        {
            _entries.Clear();
            (AppliedIndex, AppliedTerm, State, Channel) = (snapshot.Index, snapshot.Term, snapshot.State, snapshot.Channel);
            (_beyond, _isUnproven, _mayLackEntries) = (default, false, false);
        }
    }

    /// <summary>What follows was written by a replica that knew of this fault: no record makes it good, only its owner.</summary>
    public void Carry(GroupFault fault)
    {
        _carried = fault;
        _hardState = _hardState with { Commit = Math.Min(_soundCommit, LastIndex) };
        (_beyond, _isUnproven, _mayLackEntries, _mayLackHardState) = (default, false, false, false);
    }

    /// <summary>A write is lost and the directory of its batch names it.</summary>
    public void Lose(in DirectoryEntry write)
    {
        if (write.LastIndex > AppliedIndex)
        {
            if (write.Has(JournalRecordKind.Entry))
            {
                CutFrom(write.FirstIndex);
            }

            Know(write.LastTerm, write.LastIndex);
            _isUnproven |= write.Has(JournalRecordKind.Snapshot);
        }

        _mayLackHardState |= write.Has(JournalRecordKind.HardState) || write.Has(JournalRecordKind.Fault);
        _mayLackEntries |= write.Has(JournalRecordKind.Fault);
    }

    /// <summary>Writes are lost, and nobody knows of which groups.</summary>
    public void LoseUnknown() => _isUnproven = _mayLackEntries = _mayLackHardState = true;

    public RecoveredGroup ToRecovered()
    {
        var fault = Fault();
        return new RecoveredGroup
        {
            Group = group,
            HardState = fault is null ? _hardState : _hardState with { Commit = Math.Min(_soundCommit, LastIndex) },
            AppliedIndex = AppliedIndex,
            AppliedTerm = AppliedTerm,
            State = State,
            Entries = _entries,
            Fault = fault,
        };
    }

    private GroupFault? Fault()
    {
        var last = LastIndex == AppliedIndex ? (AppliedTerm, AppliedIndex) : (_entries[^1].Term, _entries[^1].Index);
        var carried = (Term: _carried?.KnownTerm ?? 0, Index: _carried?.KnownIndex ?? 0);

        // A log that has grown past what was lost lacks nothing of it any more.
        var isCarried = _carried is not null && (_carried.MayLackEntries || _carried.MayLackHardState || carried.CompareTo(last) > 0);
        if (!HasNewFault && !isCarried)
        {
            return null;
        }

        var known = new[] { last, _beyond, carried }.Max();
        return new GroupFault
        {
            KnownTerm = known.Item1,
            KnownIndex = known.Item2,
            MayLackEntries = _mayLackEntries || _carried is { MayLackEntries: true },
            MayLackHardState = _mayLackHardState || _carried is { MayLackHardState: true },
        };
    }

    private bool Follows(in JournalEntry entry) =>
        !_isUnproven || entry.Index == AppliedIndex + 1 || _entries[(int)(entry.Index - AppliedIndex) - 2].Term == entry.Term;

    private void CutFrom(ulong index)
    {
        var keep = index <= AppliedIndex ? 0 : (int)Math.Min(index - AppliedIndex - 1, (ulong)_entries.Count);
        _entries.RemoveRange(keep, _entries.Count - keep);
    }

    private void Know(ulong term, ulong index)
    {
        if (_beyond.CompareTo((term, index)) < 0)
        {
            _beyond = (term, index);
        }
    }
}
