using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Bayou.TestKit;

namespace Bayou.ClusterTests.Disks;

/// <summary>
/// A real file system on a disk that forgets what was not flushed to it when its power is cut. The program beside this file plays the disk;
/// between it and the server's data stand a loop device and ext4, which decides by itself what a sync of a file, a folder or the
/// whole has to flush.
/// </summary>
internal sealed class LossyDisk : IAsyncDisposable
{
    private const string FileSystem = "ext4";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _folder;
    private readonly Process _program;
    private string _loop = "";

    private LossyDisk(string folder, Process program)
    {
        _folder = folder;
        _program = program;
    }

    /// <summary>Where its files are.</summary>
    public string Root => Path.Combine(_folder, "disk");

    public static string? ReasonWhyNot =>
        !File.Exists("/dev/fuse") || !File.Exists("/dev/loop-control") ? "There is no /dev/fuse or no /dev/loop-control"
        : !File.Exists("/usr/include/fuse3/fuse.h") || !Programs.Have("cc") ? "libfuse3-dev or cc is not installed"
        : !Programs.Have("mkfs." + FileSystem) || !Programs.Have("losetup") ? $"mkfs.{FileSystem} or losetup is not installed"
        : Environment.UserName != "root" ? "Mounting takes the rights of the administrator"
        : null;

    /// <summary>Compiles the disk's program into a folder; returns its path.</summary>
    public static async Task<string> CompileAsync(string folder)
    {
        string sources = typeof(LossyDisk).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "Sources").Value!;
        string program = Path.Combine(folder, "lossydisk");
        await Programs.RunAsync(
            ["cc", "-O2", "-D_FILE_OFFSET_BITS=64", "-I/usr/include/fuse3", "-o", program, Path.Combine(sources, "Disks", "lossydisk.c"), "-lfuse3", "-lpthread"]);
        return program;
    }

    /// <summary>An empty disk whose parts lie in a folder.</summary>
    public static async Task<LossyDisk> CreateAsync(string program, string folder, long bytes)
    {
        string image = Path.Combine(folder, "image");
        string device = Directory.CreateDirectory(Path.Combine(folder, "device")).FullName;
        await using (FileStream file = File.Create(image)) file.SetLength(bytes);
        await Programs.RunAsync(["mkfs." + FileSystem, "-q", "-m", "0", "-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1", image]);
        var disk = new LossyDisk(folder, Process.Start(program, [image, device, "-f", "-s"]));
        Directory.CreateDirectory(disk.Root);
        while (!File.Exists(disk.DeviceFile("disk")))
        {
            if (disk._program.HasExited) throw new IOException($"The lossy disk ended with exit code {disk._program.ExitCode}.");
            await Task.Delay(Pause);
        }

        await disk.AttachAsync();
        return disk;
    }

    /// <summary>
    /// The power goes and comes back. Of what was written and not flushed, some <paramref name="keptPercent"/> reach the disk all the same.
    /// Nobody may have a file open. Returns what the disk counts.
    /// </summary>
    public async Task<string> CutAsync(int seed, int keptPercent)
    {
        Command($"off {(uint)seed} {keptPercent}");
        await DetachAsync();
        Command("on");
        await AttachAsync();
        return (await File.ReadAllTextAsync(DeviceFile("control"))).Trim();
    }

    /// <summary>Leaves no space at all.</summary>
    public async Task FillAsync()
    {
        string filler = Path.Combine(Root, "filler");
        await Programs.TryAsync(["fallocate", "-l", new DriveInfo(Root).AvailableFreeSpace.ToString(CultureInfo.InvariantCulture), filler]);
        await Programs.TryAsync(["dd", "if=/dev/zero", $"of={filler}.rest", "bs=4096"]);
    }

    /// <summary>Gives the space back.</summary>
    public void Free()
    {
        foreach (string filler in Directory.EnumerateFiles(Root, "filler*")) File.Delete(filler);
    }

    public async ValueTask DisposeAsync()
    {
        await DetachAsync();
        await Programs.RunAsync(["umount", DeviceFile("")]);
        await _program.WaitForExitAsync().WaitAsync(Patience.Long);
        _program.Dispose();
    }

    private string DeviceFile(string name) => Path.Combine(_folder, "device", name);

    private void Command(string text)
    {
        using var control = new FileStream(DeviceFile("control"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        control.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private async Task AttachAsync()
    {
        _loop = (await Programs.RunAsync(["losetup", "--find", "--show", DeviceFile("disk")])).Trim();
        await Programs.RunAsync(["mount", "-t", FileSystem, "-o", "noatime", _loop, Root]);
    }

    private async Task DetachAsync()
    {
        await Programs.RunAsync(["umount", Root]);
        await Programs.RunAsync(["losetup", "--detach", _loop]);
    }
}
