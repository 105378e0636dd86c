using System.Text.RegularExpressions;

namespace Bayou.ProcessTests.Tracing;

/// <summary>A place at which the server asks the kernel to write or to sync.</summary>
/// <param name="Phase">Where in its life.</param>
/// <param name="Call">The call.</param>
/// <param name="File">Path below the data directory; empty for the directory itself.</param>
/// <param name="Number">Which of these calls in this phase, counted from 1.</param>
internal sealed partial record DiskCallSite(ServerPhase Phase, string Call, string File, int Number = 1)
{
    private const string FirstJournal = "wal/wal-0000000000000001.log";
    private const string SecondJournal = "wal/wal-0000000000000002.log";
    private const string FirstSegment = "seg/0000000000000001/0000000000000001.seg";

    /// <summary>All places, by what a server does: makes a store, opens one, takes messages, brings everything into a checkpoint.</summary>
    public static readonly IReadOnlyList<DiskCallSite> All =
    [
        .. WriteAndSync(ServerPhase.FirstStart, "IDENT.a"),
        .. WriteAndSync(ServerPhase.FirstStart, "IDENT.b"),
        new(ServerPhase.FirstStart, "pwrite64", "IDENT.a", Number: 2),
        new(ServerPhase.FirstStart, "fdatasync", "IDENT.b", Number: 2),
        .. WriteAndSync(ServerPhase.FirstStart, "CHECKPOINT.a"),
        .. WriteAndSync(ServerPhase.FirstStart, "CHECKPOINT.b"),
        .. WriteAndSync(ServerPhase.FirstStart, "wal/new.tmp"),
        new(ServerPhase.FirstStart, "fsync", ""),
        new(ServerPhase.FirstStart, "fsync", "wal"),
        .. WriteAndSync(ServerPhase.NextStart, "IDENT.a"),
        new(ServerPhase.NextStart, "fdatasync", "IDENT.b"),
        .. WriteAndSync(ServerPhase.NextStart, SecondJournal),
        new(ServerPhase.StartAfterKill, "fdatasync", FirstJournal),
        .. WriteAndSync(ServerPhase.Serving, FirstJournal),
        new(ServerPhase.Serving, "pwrite64", FirstSegment),
        .. WriteAndSync(ServerPhase.Stopping, "wal/new.tmp"),
        .. WriteAndSync(ServerPhase.Stopping, FirstJournal),
        .. WriteAndSync(ServerPhase.Stopping, "CHECKPOINT.a"),
        .. WriteAndSync(ServerPhase.Stopping, "CHECKPOINT.b"),
        new(ServerPhase.Stopping, "fsync", "wal"),
        new(ServerPhase.Stopping, "syncfs", ""),
    ];

    /// <summary>What the server says of a failure here.</summary>
    public string Complaint(string directory) => $"{(Call == "pwrite64" ? "write" : Call)} of {PathIn(directory)} failed: Input/output error";

    public string PathIn(string directory) => File.Length == 0 ? directory : Path.Combine(directory, File);

    /// <summary>The call and the kind of file: files that differ by their number or their group are of one kind.</summary>
    public static string KindOf(string call, string file) => $"{call} of {Numbers().Replace(file, "*")}";

    public override string ToString() => $"{Phase}: {Call} {Number} of {(File.Length == 0 ? "the directory" : File)}";

    private static DiskCallSite[] WriteAndSync(ServerPhase phase, string file) => [new(phase, "pwrite64", file), new(phase, "fdatasync", file)];

    [GeneratedRegex("[0-9a-f]{16}", RegexOptions.NonBacktracking)]
    private static partial Regex Numbers();
}
