using System.Diagnostics.CodeAnalysis;
using Bayou.Gateway;
using Bayou.Silo.Configuration;
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

    public static async Task<int> RunAsync(ServerOptions options, LoadResult loaded)
    {
        SiloStore store;
        try
        {
            store = StoreFactory.Open(options, Stop);
        }
        catch (Exception exception) when (exception is StorageCorruptException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"[{Environment.ProcessId}] [FTL] STREAM: Failed to start: {exception.Message}");
            return Failed;
        }

        options = options with { Peers = options.Peers?.For(store.Identity.Silo) };
        await using var server = ServerHost.Build(options, loaded.Configuration, store, Stop);
        var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger(ServerHost.LogCategory);
        foreach (var warning in loaded.Warnings)
        {
            ServerLog.ConfigurationWarning(logger, warning);
        }

        try
        {
            await server.StartAsync();
        }
        catch (OperationCanceledException) when (server.Lifetime.ApplicationStopping.IsCancellationRequested && !IsDeaf(server, out _))
        {
            // Told to stop while it waited for the rest of its cluster.
            await LeaveAsync(server);
            return 0;
        }
        catch (Exception exception)
        {
            // An address that is in use, above all; whatever it is, one line says it.
            ServerLog.StartFailed(logger, Describe(IsDeaf(server, out var reason) ? reason : exception));

            // What did start leaves in order; disposed of while it runs, it would complain.
            await LeaveAsync(server);
            return Failed;
        }

        await server.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Stops what has started of a server that has not come up as a whole.</summary>
    private static async Task LeaveAsync(WebApplication server)
    {
        try
        {
            await server.StopAsync();
        }
        catch (Exception exception) when (exception.GetBaseException() is InvalidOperationException)
        {
            // Orleans refuses to stop a silo that was still starting. Nothing is lost with one that nobody has used.
        }
    }

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
