using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Migration;
using Bayou.Import;
using Bayou.Silo.Clustering;
using Bayou.Silo.Configuration;
using Bayou.Silo.Reloading;
using Bayou.Storage;
using Bayou.Storage.Disk;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Storage;

namespace Bayou.Silo.Migration;

/// <summary>
/// <c>bayou import</c>: reads all of a nats-streaming-server's file store, says what is in it, and only then creates the data directory on
/// which a server goes on from there.
/// </summary>
internal static class ImportCommand
{
    public const string Name = "import";

    private const int Refused = 1;
    private const string Prefix = "bayou import: ";

    /// <summary>Returns the exit code: 0, or 1 for an import that was refused or failed, or 2 for a wrong command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, ConfigurationEnvironment environment, TextWriter output, TextWriter error)
    {
        if (ImportArguments.Read(arguments, output, error, out var exitCode) is not { } import)
        {
            return exitCode;
        }

        var loaded = ServerConfiguration.Load(import.ServerArguments, environment);
        if (loaded.Options is not { } options)
        {
            await output.WriteAsync(loaded.Output);
            await error.WriteAsync(loaded.ErrorOutput);
            return loaded.ExitCode;
        }

        try
        {
            var problem = await RunAsync(import, options, loaded, environment, output);
            if (problem is null)
            {
                return 0;
            }

            await error.WriteLineAsync(Prefix + problem);
        }
        catch (Exception exception) when (exception is SourceException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            await error.WriteLineAsync(Prefix + exception.Message);
        }

        return Refused;
    }

    /// <summary>Why nothing was, or would be, imported; null if all is well.</summary>
    private static async Task<string?> RunAsync(
        ImportArguments import, ServerOptions options, LoadResult loaded, ConfigurationEnvironment environment, TextWriter output)
    {
        if (options.Streaming.Store != StoreKind.File)
        {
            return "The configuration asks for a store in memory, into which nothing can be imported.";
        }

        using var target = import.DryRun ? null : ImportTarget.Create(options.Streaming.Directory);
        var source = SourceOf(import, environment);
        var plan = ImportPlan.Make(source, options.Streaming, TimeProvider.System.GetUtcNow());
        ImportReport.Write(plan, output);
        if (RefusalOf(plan, import, options, hasKey: !source.EncryptionKey.IsEmpty) is { } refusal)
        {
            return refusal;
        }

        if (target is null)
        {
            await output.WriteLineAsync("Nothing was written: this was a dry run");
            return null;
        }

        await WriteAsync(plan, target.Staging, options, loaded);
        target.Complete();
        await output.WriteLineAsync($"Imported into {target.Path}");
        return null;
    }

    private static string? RefusalOf(ImportPlan plan, ImportArguments import, ServerOptions options, bool hasKey) =>
        plan.Source.StillEncryptedCount > 0 && hasKey && plan.Source.DecryptedCount == 0
            ? $"The key opens none of the {plan.Source.StillEncryptedCount} encrypted messages: it is not the one that they were encrypted with."
        : plan.Source.StillEncryptedCount > 0 && !hasKey && !import.NotEncrypted
            ? $"{plan.Source.StillEncryptedCount} messages look encrypted. Give the key, in a file (--encryption-key) or in the environment "
                + $"({ImportArguments.KeyVariable}), or say that they are --not-encrypted."
        : plan.Source.ClusterId != options.Streaming.ClusterId
            ? $"The store's cluster id is \"{plan.Source.ClusterId}\", and the server's would be \"{options.Streaming.ClusterId}\": configure the same one (-cid)."
        : plan.Damage.Count > 0 && !import.SkipDamaged
            ? $"The store is damaged in {plan.Damage.Count} places. Import what can be read with --skip-damaged, or mend it first."
        : null;

    private static SourceOptions SourceOf(ImportArguments import, ConfigurationEnvironment environment)
    {
        var key = import.KeyFile is { } file
            ? environment.ReadFile(file).TrimEnd('\r', '\n')
            : environment.Variables.GetValueOrDefault(ImportArguments.KeyVariable, string.Empty);
        var source = new SourceOptions
        {
            Directory = import.From,
            RaftLogDirectory = import.RaftLog,
            EncryptionKey = Encoding.UTF8.GetBytes(key),
        };
        return import.CrcPolynomial is { } polynomial ? source with { CrcPolynomial = polynomial } : source;
    }

    private static async Task WriteAsync(ImportPlan plan, string directory, ServerOptions options, LoadResult loaded)
    {
        // A write that fails throws, and the directory goes.
        using var store = SiloStore.Open(new RealDisk(directory), new StorageOptions(), static _ => { });

        // It is never started: it lends its way of writing sessions, which it will have to read, and needs no peers for that.
        var source = new ConfigSource(options, FileBudget.Of(0), () => loaded);
        await using var server = ServerHost.Build(options with { Peers = null }, loaded.Configuration, source, store, static _ => { });
        var writer = new ImportWriter(
            store,
            ClusterServices.SettingsOf(options with { Peers = options.Peers?.For(store.Identity.Silo) }),
            options.Replicas,
            new SessionEpoch((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
            NewSecret,
            server.Services.GetRequiredService<IGrainStorageSerializer>(),
            (grain, key) => GrainId.Create(server.Services.GetRequiredService<GrainTypeResolver>().GetGrainType(grain), key));
        foreach (var client in plan.Source.Clients)
        {
            writer.AddClient(client);
        }

        foreach (var (channel, extent) in plan.Channels)
        {
            // What cannot be read has been reported.
            writer.AddChannel(channel, extent, static _ => { });
        }

        writer.Complete();
    }

    private static ulong NewSecret()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
