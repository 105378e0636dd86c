using System.Diagnostics.CodeAnalysis;
using Bayou.Gateway;
using Bayou.Gateway.Streaming.Monitoring;
using Bayou.Grains.Replication;
using Bayou.Silo.Configuration;
using Bayou.Silo.Logging;
using Bayou.Silo.Reloading;
using Bayou.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bayou.Silo;

/// <summary>One run of the server as a process: from options to an exit code.</summary>
internal static class ServerProcess
{
    private const int Failed = 1;

    /// <summary>
    /// How long an orderly stop may take. Orleans takes its leave in a table that needs a quorum, and where that has gone first, as when
    /// a whole cluster is stopped, would go on trying for minutes. Whoever stops servers usually gives them ten seconds.
    /// </summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    /// <param name="options">What it was told.</param>
    /// <param name="loaded">With what the options came.</param>
    /// <param name="reload">Reads the configuration once more.</param>
    /// <returns>The code to exit with.</returns>
    public static async Task<int> RunAsync(ServerOptions options, LoadResult loaded, Func<LoadResult> reload)
    {
        var files = FileBudget.Of(FileDescriptors.Measure()?.MaxCount ?? 0);
        SiloStore store;
        try
        {
            store = StoreFactory.Open(options, files, Stop);
        }
        catch (Exception exception) when (exception is StorageCorruptException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"[{Environment.ProcessId}] [FTL] STREAM: Failed to start: {exception.Message}");
            return Failed;
        }

        var source = new ConfigSource(options, files, reload);
        options = options with { Gateway = files.Apply(options.Gateway, out var tooFew), Peers = options.Peers?.For(store.Identity.Silo) };
        await using var server = ServerHost.Build(options, loaded.Configuration, source, store, Stop);
        var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger(ServerHost.LogCategory);

        // What failed beside the ordinary course of things, and was not foreseen where it was begun, is said late rather than never.
        TaskScheduler.UnobservedTaskException += (_, failed) => ServerLog.Unobserved(logger, failed.Exception);
        foreach (var warning in tooFew is null ? loaded.Warnings : [.. loaded.Warnings, tooFew])
        {
            ServerLog.ConfigurationWarning(logger, warning);
        }

        try
        {
            await server.StartAsync();
        }
        catch (Exception exception) when (server.Lifetime.ApplicationStopping.IsCancellationRequested && (exception is OperationCanceledException || IsOutOfReach(exception)) && !IsDeaf(server, out _))
        {
            // Told to stop while it waited for the rest of its cluster.
            return await LeaveAsync(server, exitCode: 0);
        }
        catch (Exception exception) when (options.Peers is not null && IsOutOfReach(exception))
        {
            // The cluster got out of reach just when this server was joining it. It waits for it like any other that starts.
            ServerLog.StartsAnew(logger, exception.GetBaseException().Message);
            server.Services.FlushLogs();
            ServerLog.StartFailed(logger, $"The server cannot start itself anew: {ProcessImage.StartAnew()}");
            return await LeaveAsync(server, Failed);
        }
        catch (Exception exception)
        {
            // An address that is in use, above all; whatever it is, one line says it.
            ServerLog.StartFailed(logger, Describe(IsDeaf(server, out var reason) ? reason : exception));

            return await LeaveAsync(server, Failed);
        }

        if (!await IsStoppedAsync(server))
        {
            // The data are safe already; this spares the next start some reading.
            await server.Services.GetRequiredService<ReplicaHost>().CheckpointAsync();
            return Exit(server, exitCode: 0);
        }

        return 0;
    }

    /// <summary>Waits until the server is told to stop and has done so; false if that takes too long.</summary>
    private static async Task<bool> IsStoppedAsync(WebApplication server)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = server.Lifetime.ApplicationStopping.Register(told.SetResult);
        var stopped = server.WaitForShutdownAsync();
        await told.Task;
        if (await Task.WhenAny(stopped, Task.Delay(StopLimit)) != stopped)
        {
            return false;
        }

        await stopped;
        return true;
    }

    /// <summary>
    /// Stops what has started of a server that has not come up as a whole, and exits. It is not disposed of: timers of a silo that was
    /// still starting go on for a moment, and would complain of missing services.
    /// </summary>
    private static async Task<int> LeaveAsync(WebApplication server, int exitCode)
    {
        try
        {
            await server.StopAsync();
        }
        catch (Exception exception) when (exception.GetBaseException() is InvalidOperationException)
        {
            // Orleans refuses to stop a silo that was still starting. Nothing is lost with one that nobody has used.
        }

        return Exit(server, exitCode);
    }

    /// <summary>Ends the process with what it has said so far, whatever may still run.</summary>
    private static int Exit(WebApplication server, int exitCode)
    {
        server.Services.FlushLogs();
        Environment.Exit(exitCode);
        return exitCode;
    }

    /// <summary>Whether a start ended because of the rest of the cluster, and not of this server.</summary>
    private static bool IsOutOfReach(Exception exception) => exception.GetBaseException() is ReplicaUnavailableException;

    /// <summary>Whether it could not listen where it should.</summary>
    private static bool IsDeaf(WebApplication server, [NotNullWhen(true)] out Exception? reason)
    {
        reason = server.Services.GetRequiredService<GatewayEndpoints>().ListeningAsync().Exception;
        return reason is not null;
    }

    /// <summary>The outermost failure of I/O names the address; what caused it does not.</summary>
    private static string Describe(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException)
            {
                return cause.Message;
            }
        }

        return exception.GetBaseException().Message;
    }

    /// <summary>
    /// A write that failed, or a log that contradicts itself: whatever this process says from here on may be untrue. It stops
    /// at once, and the next start reads what is on disk.
    /// </summary>
    private static void Stop(Exception reason)
    {
        Console.Error.WriteLine($"[{Environment.ProcessId}] [FTL] STREAM: {reason.Message}");
        Environment.FailFast(reason.Message, reason);
    }
}
