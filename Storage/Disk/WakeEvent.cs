using System.Runtime.InteropServices;

namespace Bayou.Storage.Disk;

/// <summary>
/// One thread sleeps until others wake it; a wake that finds it awake is remembered. It is a futex of Linux, since the runtime's own events pass
/// several locks, which a single publish pays for with a tenth of its time.
/// </summary>
internal sealed partial class WakeEvent : IDisposable
{
    private const int Wait = 0 | PrivateFlag;
    private const int Wake = 1 | PrivateFlag;
    private const int PrivateFlag = 128;

    /// <summary>Number of the system call, which differs between the processors that .NET runs on.</summary>
    private static readonly nint Futex = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 98,
        _ => 0,
    };

    /// <summary>1: was woken. Pinned, since the kernel knows it by its address.</summary>
    private readonly int[] _state = GC.AllocateArray<int>(1, pinned: true);
    private readonly AutoResetEvent? _portable = OperatingSystem.IsLinux() && Futex != 0 ? null : new AutoResetEvent(initialState: false);

    /// <summary>Any thread.</summary>
    public void Set()
    {
        if (_portable is not null)
        {
            _portable.Set();
        }
        else if (Interlocked.Exchange(ref _state[0], 1) == 0)
        {
            Call(Wake);
        }
    }

    /// <summary>Returns at once if it was woken since it returned last.</summary>
    public void WaitOne()
    {
        if (_portable is not null)
        {
            _portable.WaitOne();
            return;
        }

        while (Interlocked.Exchange(ref _state[0], 0) == 0)
        {
            Call(Wait);
        }
    }

    public void Dispose() => _portable?.Dispose();

    /// <summary>To wait: as long as the state is 0. To wake: one waiter. Whatever it returns, the state says what is so.</summary>
    private void Call(int operation) =>
        _ = SystemCall(Futex, Marshal.UnsafeAddrOfPinnedArrayElement(_state, 0), operation, operation == Wake ? 1 : 0, 0, 0, 0);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint address, nint operation, nint value, nint timeout, nint other, nint third);
}
