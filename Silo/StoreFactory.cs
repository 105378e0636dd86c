using Bayou.Grains.Interfaces;
using Bayou.Storage;
using Bayou.Storage.Disk;

namespace Bayou.Silo;

/// <summary>Opens the store that the options ask for.</summary>
internal static class StoreFactory
{
    public static SiloStore Open(StreamingOptions options, Action<Exception> fail) => SiloStore.Open(
        options.Store == StoreKind.Memory ? new MemoryDisk() : new RealDisk(options.Directory),
        new StorageOptions(),
        fail);
}
