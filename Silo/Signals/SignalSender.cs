using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Bayou.Silo.Signals;

/// <summary><c>-signal command[=pid]</c>: sends a signal to a server on this machine.</summary>
internal static partial class SignalSender
{
    private const int Sent = 0;
    private const int NotSent = 1;

    /// <summary>Sends it, and says why not where that fails.</summary>
    /// <param name="request">The command, perhaps with <c>=</c> and the number of a process or a file that holds it.</param>
    /// <param name="errors">Takes the reason of a failure.</param>
    /// <returns>The code to exit with.</returns>
    public static int Send(string request, TextWriter errors)
    {
        var parts = request.Split('=', 2);
        if (ServerSignal.NumberOf(parts[0]) is not { } signal)
        {
            errors.WriteLine($"bayou: unknown signal \"{parts[0]}\": known are stop, quit, term, reopen, reload and ldm");
            return NotSent;
        }

        if (OperatingSystem.IsWindows())
        {
            errors.WriteLine("bayou: signals do not exist on this system");
            return NotSent;
        }

        if (FindProcess(parts.ElementAtOrDefault(1) ?? "", out var problem) is not { } processId)
        {
            errors.WriteLine($"bayou: {problem}");
            return NotSent;
        }

        if (Kill(processId, signal) == 0)
            return Sent;
        errors.WriteLine($"bayou: process {processId} cannot be signalled: {Marshal.GetLastPInvokeErrorMessage()}");
        return NotSent;
    }

    private static int? FindProcess(string target, out string problem)
    {
        problem = "";
        if (target.Length == 0)
            return FindOnlyServer(out problem);
        if (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var processId))
            return processId;
        try
        {
            if (int.TryParse(File.ReadAllText(target).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out processId))
                return processId;
            problem = $"{target} holds no process id";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = $"the process id cannot be read: {failure.Message}";
        }

        return null;
    }

    private static int? FindOnlyServer(out string problem)
    {
        using var self = Process.GetCurrentProcess();
        var servers = Process.GetProcessesByName(self.ProcessName).Select(process => process.Id).Where(id => id != self.Id).ToList();
        problem = servers.Count == 0 ? "no server is running" : $"more than one server is running, name one: {string.Join(", ", servers)}";
        return servers.Count == 1 ? servers[0] : null;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
