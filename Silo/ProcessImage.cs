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
        var arguments = File.ReadAllText("/proc/self/cmdline", Encoding.UTF8).TrimEnd('\0').Split('\0');
        _ = Execute("/proc/self/exe", [.. arguments, null]);
        return Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
