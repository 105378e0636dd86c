using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>
/// The silos of the cluster, by the numbers under which their replicas vote. Pure. Invariants: a number is given once; a name
/// belongs to one silo at a time, all others that bore it are replaced.
/// </summary>
internal sealed class SiloRegistry
{
    private readonly SortedDictionary<SiloNumber, SiloEntry> _silos = [];
    private ulong _next = 1;
    private ulong _founders;

    public IReadOnlyDictionary<SiloNumber, SiloEntry> All => _silos;

    /// <summary>Silos of the cluster, in order of their numbers: those that are to leave are still among them.</summary>
    public IEnumerable<SiloNumber> Present => _silos.Where(pair => !pair.Value.IsGone).Select(pair => pair.Key);

    /// <summary>Silos that may be given replicas, in order of their numbers.</summary>
    public IEnumerable<SiloNumber> Active => _silos.Where(pair => pair.Value is { IsGone: false, IsLeaving: false }).Select(pair => pair.Key);

    /// <summary>Silos that are to leave, in order of their numbers.</summary>
    public IEnumerable<SiloNumber> Leaving => _silos.Where(pair => pair.Value is { IsGone: false, IsLeaving: true }).Select(pair => pair.Key);

    /// <summary>The silo that was given its number last; it may be gone.</summary>
    public SiloNumber Newest => new(_next - 1);

    /// <summary>The silos that the cluster began with, as they were then.</summary>
    public IEnumerable<PeerIdentity> Founders => _silos.Where(pair => pair.Key.Value <= _founders).Select(pair => pair.Value.Identity);

    public SiloNumber Find(Guid silo) => _silos.FirstOrDefault(pair => pair.Value.Identity.Silo == silo).Key;

    /// <summary>The silo that bears a name now.</summary>
    public SiloNumber BearerOf(string name) => _silos.FirstOrDefault(pair => !pair.Value.IsGone && pair.Value.Identity.Name == name).Key;

    /// <summary>Gives a silo its number, and says whose place it takes: none if nobody bore its name.</summary>
    public SiloNumber Add(PeerIdentity identity, out SiloNumber replaced)
    {
        replaced = BearerOf(identity.Name);
        if (replaced != SiloNumber.None)
        {
            Change(replaced, entry => entry with { IsGone = true });
        }

        var number = new SiloNumber(_next++);
        _silos.Add(number, new SiloEntry(identity));
        return number;
    }

    /// <summary>Notes something new of a silo that is known.</summary>
    public void Change(SiloNumber silo, Func<SiloEntry, SiloEntry> change) => _silos[silo] = change(_silos[silo]);

    /// <summary>Notes that a silo was heard to have been started; false if that is nothing new. What is noted only grows.</summary>
    public bool NoteStart(SiloNumber silo, SiloStart start)
    {
        if (!_silos.TryGetValue(silo, out var entry) || !start.IsNewerThan(entry.Start))
        {
            return false;
        }

        _silos[silo] = entry with { Start = start };
        return true;
    }

    /// <summary>Those that are here now are the founders.</summary>
    public void NoteFounders() => _founders = _next - 1;

    public void Save(MetadataState state)
    {
        state.NextSilo = _next;
        state.Founders = _founders;
        foreach (var (number, entry) in _silos)
        {
            state.Silos.Add(new SiloRecord
            {
                Number = number.Value,
                Name = entry.Identity.Name,
                Silo = ByteString.CopyFrom(entry.Identity.Silo.ToByteArray()),
                IsGone = entry.IsGone,
                IsLeaving = entry.IsLeaving,
                IsDrained = entry.IsDrained,
                Start = entry.Start.Value,
            });
        }
    }

    public void Restore(MetadataState state)
    {
        _silos.Clear();
        _next = state.NextSilo;
        _founders = state.Founders;
        foreach (var silo in state.Silos)
        {
            _silos.Add(
                new SiloNumber(silo.Number),
                new SiloEntry(new PeerIdentity(silo.Name, new Guid(silo.Silo.Span)))
                {
                    IsGone = silo.IsGone,
                    IsLeaving = silo.IsLeaving,
                    IsDrained = silo.IsDrained,
                    Start = new SiloStart(silo.Start),
                });
        }
    }

    /// <summary>A silo as the metadata knows it.</summary>
    public readonly record struct SiloEntry(PeerIdentity Identity)
    {
        /// <summary>Another one has come under its name, or it was removed: it is of the cluster no more.</summary>
        public bool IsGone { get; init; }

        /// <summary>It is to be removed as soon as it has nothing left.</summary>
        public bool IsLeaving { get; init; }

        /// <summary>It is to lead nothing.</summary>
        public bool IsDrained { get; init; }

        /// <summary>Its newest start that was noted; none before the first.</summary>
        public SiloStart Start { get; init; }
    }
}
