using Bayou.Raft;
using Bayou.Raft.Log;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Raft.Log;

/// <summary>The log as a whole, a tail over a stable part, against a plain list of terms.</summary>
public sealed class RaftLogTests
{
    private const ulong EntryBytes = Entry.OverheadBytes;

    private static readonly Gen<(int Kind, uint Position, int Count)[]> Actions =
        Gen.Select(Gen.Int[0, 8], Gen.UInt[0, 12], Gen.Int[1, 4]).Array[1, 16];

    [Fact]
    public void Log_BehavesLikeAListOfTerms() => Actions.SampleMany(static actions =>
    {
        var model = new Model();
        foreach (var (kind, position, count) in actions)
        {
            model.Act(kind, position, count);
            model.Check(position, count);
        }
    });

    /// <summary>The log and what it should hold: the terms of entries FirstIndex - 1 and on.</summary>
    private sealed class Model
    {
        private readonly MemoryLog _storage = new(TestReplica.Voters(1));
        private readonly RaftLog _log;
        private readonly List<ulong> _terms = [0];
        private ulong _offset;
        private ulong _committed;
        private ulong _applied;
        private ulong _stable;
        private ulong _term = 1;
        private Snapshot? _pending;

        public Model() => _log = new RaftLog(_storage, ulong.MaxValue);

        private ulong Last => _offset + (ulong)_terms.Count - 1;

        public void Act(int kind, uint position, int count)
        {
            switch (kind)
            {
                case 0 or 1:
                    Put(Last + 1, count);
                    break;
                case 2 or 3:
                    _term++;
                    Put(Math.Min(Last + 1, _committed + 1 + position), count);
                    break;
                case 4:
                    _committed = Math.Min(Last, _committed + position);
                    _log.CommitTo(_committed);
                    break;
                case 5:
                    Write(Math.Min(Last, _stable + position));
                    break;
                case 6 when _pending is null:
                    _applied = Math.Min(_committed, _applied + position);
                    _log.AppliedTo(_applied, 0);
                    break;
                case 7 when _pending is null:
                    Compact(Math.Min(_applied, _stable));
                    break;
                case 8 when position > 8:
                    Restore(_committed + position);
                    break;
            }
        }

        public void Check(uint position, int count)
        {
            Assert.True(_log.FirstIndex == _offset + 1 && _log.LastIndex == Last && _log.Committed == _committed && _log.Applied == _applied);
            for (var index = _offset < 2 ? 0 : _offset - 2; index <= Last + 2; index++)
            {
                var isKnown = index >= _offset && index <= Last;
                Assert.True(_log.TryGetTerm(index, out var term) == isKnown && (!isKnown || term == TermAt(index)));
            }

            CheckReading(_offset + position, (ulong)count * EntryBytes);
            CheckComparing(_offset + position, 1 + ((ulong)count * _term / 4));
        }

        private void CheckReading(ulong low, ulong maxBytes)
        {
            var isThere = _log.TryRead(low, maxBytes, out var entries);
            Assert.True(isThere == (low > Last || low > _offset));
            var expected = low <= Last && isThere ? Math.Min(Last + 1 - low, maxBytes / EntryBytes) : 0;
            Assert.True((ulong)entries.Length == expected);
            for (var i = 0; i < entries.Length; i++)
            {
                Assert.True(entries.Span[i].Index == low + (ulong)i && entries.Span[i].Term == TermAt(low + (ulong)i));
            }
        }

        private void CheckComparing(ulong index, ulong term)
        {
            var isUpToDate = (term, index).CompareTo((TermAt(Last), Last)) >= 0;
            Assert.True(_log.IsUpToDate(index, term) == isUpToDate);

            // The last entry at or before the index that is not of a later term; where nothing is known, that is said.
            var from = Math.Min(index, Last);
            var match = from;
            while (match >= _offset && TermAt(match) > term)
            {
                match--;
            }

            Assert.True(_log.FindMatchAtMost(from, term) == (match, match >= _offset ? TermAt(match) : 0));
        }

        private ulong TermAt(ulong index) => _terms[(int)(index - _offset)];

        private void Put(ulong first, int count)
        {
            Entry[] entries = [.. Enumerable.Range(0, count).Select(i => new Entry(first + (ulong)i, _term, EntryKind.Normal, default))];
            var conflict = _log.FindConflict(entries);
            if (conflict == count)
            {
                Assert.All(entries, e => Assert.Equal(_term, TermAt(e.Index)));
                return;
            }

            first += (ulong)conflict;
            _log.Put(entries.AsSpan(conflict));
            _terms.RemoveRange((int)(first - _offset), (int)(Last + 1 - first));
            _terms.AddRange(Enumerable.Repeat(_term, count - conflict));
            _stable = Math.Min(_stable, first - 1);
        }

        private void Write(ulong upTo)
        {
            if (_pending is { } snapshot)
            {
                _storage.ApplySnapshot(snapshot);
                _log.Tail.StabilizeSnapshot(snapshot.Index);
                _log.AppliedTo(snapshot.Index, 0);
                (_applied, _pending) = (snapshot.Index, null);
            }

            if (upTo > _stable)
            {
                _storage.Append(_log.Tail.Slice(_stable + 1, upTo + 1).Span);
                _log.Tail.Stabilize(upTo);
                _stable = upTo;
            }
        }

        private void Compact(ulong index)
        {
            _storage.Compact(index);
            if (index > _offset)
            {
                _terms.RemoveRange(0, (int)(index - _offset));
                _offset = index;
            }
        }

        private void Restore(ulong index)
        {
            _pending = new Snapshot(index, ++_term, TestReplica.Voters(1), default);
            _log.Restore(_pending);
            _terms.Clear();
            _terms.Add(_term);
            (_offset, _committed, _stable) = (index, index, index);
        }
    }
}
