using System.CommandLine;
using Bayou.Load.Reporting;

namespace Bayou.Load.Verbs;

/// <summary>The calibration line beside synchronous figures.</summary>
public sealed class DiskVerb
{
    private readonly Argument<DirectoryInfo> _directory = new("directory") { Description = "A directory on the disk that the server uses" };
    private readonly Option<int> _count = new("--count") { Description = "Appends", DefaultValueFactory = _ => 2000 };
    private readonly Option<int> _size = new("--size", "-s") { Description = "Bytes of each append", DefaultValueFactory = _ => 4096 };
    private readonly RepeatOptions _repeat = new();

    public static Command Create()
    {
        var verb = new DiskVerb();
        var command = new Command("disk", "Measure append and fdatasync in a directory");
        command.Arguments.Add(verb._directory);
        command.Options.Add(verb._count);
        command.Options.Add(verb._size);
        foreach (var option in new Option[] { verb._repeat.Repeat, verb._repeat.Json, verb._repeat.Label })
            command.Options.Add(option);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        string directory = parse.GetRequiredValue(_directory).FullName;
        int size = parse.GetValue(_size);
        var header = new ReportHeader(parse.GetValue(_repeat.Label) ?? "disk", $"disk --size {size}", directory, DateTimeOffset.UtcNow);
        RunResult[] runs = [.. Enumerable.Range(0, parse.GetValue(_repeat.Repeat)).Select(_ => DiskProbe.Run(directory, parse.GetValue(_count), size))];
        var report = new Report(header, runs);
        report.Print(Console.Out);
        if (parse.GetValue(_repeat.Json) is { } path)
            JsonFile.Write(path, report.ToJson());
        return 0;
    }
}
