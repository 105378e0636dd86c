using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Bayou.ClusterTests.Network;

/// <summary>A network interface whose cable ends in this process: what the system sends on it is read here, and what is written here arrives there.</summary>
internal sealed partial class TapDevice : IDisposable
{
    private const string Path = "/dev/net/tun";
    private const nuint SetInterface = 0x400454CA;
    private const int NameBytes = 16;
    private const int RequestBytes = 40;
    private const short TapWithoutHeader = 0x1002;

    private readonly SafeFileHandle _handle;
    private readonly FileStream _frames;

    public TapDevice(string name)
    {
        Name = name;
        _handle = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] request = new byte[RequestBytes];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(NameBytes), TapWithoutHeader);
        if (Control((int)_handle.DangerousGetHandle(), SetInterface, request) != 0) throw new IOException($"Interface {name} cannot be made: error {Marshal.GetLastPInvokeError()}.");
        _frames = new FileStream(_handle, FileAccess.ReadWrite, bufferSize: 0);
    }

    public static bool IsAvailable => File.Exists(Path);

    public string Name { get; }

    /// <summary>The next frame; its length.</summary>
    public int Read(Span<byte> buffer) => _frames.Read(buffer);

    public void Write(ReadOnlySpan<byte> frame) => _frames.Write(frame);

    public void Dispose() => _frames.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int handle, nuint request, byte[] argument);
}
