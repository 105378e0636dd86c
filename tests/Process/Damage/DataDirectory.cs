using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Bayou.ProcessTests.Damage;

/// <summary>A stopped server's files, to be damaged on purpose.</summary>
internal sealed class DataDirectory(string path)
{
    public string Path { get; } = path;

    /// <summary>File that contains a text, and where.</summary>
    public (string File, long Offset) Find(string text, string folder)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        foreach (string file in Directory.EnumerateFiles(System.IO.Path.Combine(Path, folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            int offset = File.ReadAllBytes(file).AsSpan().IndexOf(wanted);
            if (offset >= 0) return (file, offset);
        }

        throw new InvalidOperationException($"{text} is in no file of {folder}.");
    }

    public static void Flip(string file, long offset)
    {
        using FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = offset;
        int damaged = stream.ReadByte() ^ 0x10;
        stream.Position = offset;
        stream.WriteByte((byte)damaged);
    }

    public static void Cut(string file, long length)
    {
        using FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.SetLength(length);
    }

    /// <summary>Names, lengths and contents of all files.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] bytes = File.ReadAllBytes(file);
            text.AppendLine($"{System.IO.Path.GetRelativePath(Path, file)} {bytes.Length} {Convert.ToHexString(SHA256.HashData(bytes))}");
        }

        return text.ToString();
    }

    /// <summary>The files must be the same as before.</summary>
    public void RequireUnchanged(string fingerprint) => Assert.Equal(fingerprint, Fingerprint());
}
