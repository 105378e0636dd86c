using System.Runtime.InteropServices;
using System.Text;

namespace Bayou.Silo;

/// <summary>The program that this process runs.</summary>
internal static partial class ProcessImage
{
    /// <summary>
    /// Runs the same program with the same arguments anew, in the place of the present one: the process keeps its id, so nobody who looks after it
    /// notices. To the data it is a kill and a start. Returns only if the system refuses, and then says why.
    /// </summary>
    public static string StartAnew()
    {
        var arguments = File.ReadAllText("/proc/self/cmdline", Encoding.UTF8).Split('\0')[..^1];

        // By its name, so that a program that was replaced meanwhile is found.
        _ = Execute(Environment.ProcessPath ?? "/proc/self/exe", [.. arguments, null]);
        return Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
