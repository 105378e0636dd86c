using System.Globalization;
using Google.Protobuf;

namespace Bayou.Import.Files;

/// <summary>The files of a store, and what is common to reading them. Nothing in the folder is ever changed.</summary>
internal sealed class StoreFolder(string root, Crc32 checksum)
{
    private const string SlicePrefix = "msgs.";
    private const string SliceSuffix = ".dat";

    /// <summary>Folders are channels, whatever else lies about.</summary>
    public IEnumerable<string> Channels => Directory.EnumerateDirectories(root)
        .Select(path => Path.GetFileName(path)!)
        .Order(StringComparer.Ordinal);

    public bool Exists(string name) => File.Exists(Path.Combine(root, name));

    /// <summary>Opens a file of records.</summary>
    public RecordReader Open(string name, bool isTyped, Action<Damage> report, SliceIndex? index = null) =>
        new(File.OpenRead(Path.Combine(root, name)), name, isTyped, checksum, report, index);

    /// <summary>The slices of a channel's messages, oldest first, as names within the store.</summary>
    public IReadOnlyList<string> SlicesOf(string channel) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(root, channel), SlicePrefix + "*" + SliceSuffix)
            .Select(path => Path.GetFileName(path)!)
            .Select(name => (Name: name, Number: NumberOf(name)))
            .Where(slice => slice.Number is not null)
            .OrderBy(slice => slice.Number)
            .Select(slice => $"{channel}/{slice.Name}"),
    ];

    /// <summary>The index beside a slice; null where there is none.</summary>
    public SliceIndex? IndexOf(string slice)
    {
        var path = Path.Combine(root, Path.ChangeExtension(slice, ".idx"));
        return File.Exists(path) ? SliceIndex.Read(File.ReadAllBytes(path), checksum) : null;
    }

    /// <summary>The last message of a channel that an index knows of; 0 for none.</summary>
    public ulong LastIndexed(string channel) => Directory.Exists(Path.Combine(root, channel))
        ? SlicesOf(channel).Reverse().Select(slice => IndexOf(slice)?.LastSequence ?? 0).FirstOrDefault(last => last > 0)
        : 0;

    /// <summary>The message in a record; what is none is reported.</summary>
    public static T? Parse<T>(MessageParser<T> parser, string file, in StoredRecord record, Action<Damage> report)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(record.Body);
        }
        catch (InvalidProtocolBufferException exception)
        {
            report(new Damage(file, record.Offset, $"the record's checksum is right, and its content is not: {exception.Message}"));
            return null;
        }
    }

    private static long? NumberOf(string name) =>
        long.TryParse(name[SlicePrefix.Length..^SliceSuffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
