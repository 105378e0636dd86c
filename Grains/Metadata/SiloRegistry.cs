using Bayou.Grains.Metadata.Log;
using Bayou.Grains.Replication.Peers;
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

    /// <summary>Silos that may have replicas, in order of their numbers.</summary>
    public IEnumerable<SiloNumber> Active => _silos.Where(pair => !pair.Value.IsReplaced).Select(pair => pair.Key);

    /// <summary>The silos that the cluster began with, as they were then.</summary>
    public IEnumerable<PeerIdentity> Founders => _silos.Where(pair => pair.Key.Value <= _founders).Select(pair => pair.Value.Identity);

    public SiloNumber Find(Guid silo) => _silos.FirstOrDefault(pair => pair.Value.Identity.Silo == silo).Key;

    /// <summary>The silo that bears a name now.</summary>
    public SiloNumber BearerOf(string name) => _silos.FirstOrDefault(pair => !pair.Value.IsReplaced && pair.Value.Identity.Name == name).Key;

    /// <summary>Gives a silo its number, and says whose place it takes: none if nobody bore its name.</summary>
    public SiloNumber Add(PeerIdentity identity, out SiloNumber replaced)
    {
        replaced = BearerOf(identity.Name);
        if (replaced != SiloNumber.None)
        {
            _silos[replaced] = _silos[replaced] with { IsReplaced = true };
        }

        var number = new SiloNumber(_next++);
        _silos.Add(number, new SiloEntry(identity, IsReplaced: false));
        return number;
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
                IsReplaced = entry.IsReplaced,
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
                new SiloEntry(new PeerIdentity(silo.Name, new Guid(silo.Silo.Span)), silo.IsReplaced));
        }
    }

    /// <summary>A silo as the metadata knows it.</summary>
    public readonly record struct SiloEntry(PeerIdentity Identity, bool IsReplaced);
}
