using Bayou.Grains.Interfaces;
using Bayou.Silo.Configuration;
using Bayou.Storage;
using Bayou.Storage.Disk;

namespace Bayou.Silo;

/// <summary>Opens the store that the options ask for.</summary>
internal static class StoreFactory
{
    /// <summary>Damage that peers can mend is reported to the replicas; a server alone refuses to start on it.</summary>
    public static SiloStore Open(ServerOptions options, FileBudget files, Action<Exception> fail) => SiloStore.Open(
        options.Streaming.Store == StoreKind.Memory ? new MemoryDisk() : new RealDisk(options.Streaming.Directory),
        new StorageOptions { MaxOpenSegments = files.Segments },
        fail,
        policy: options.Peers is null ? DamagePolicy.Refuse : DamagePolicy.Report);
}
