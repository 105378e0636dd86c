using System.Globalization;
using System.Text;

namespace Bayou.Mutants.Weaver;

/// <summary>
/// Copies the sources of projects and builds faults into the copies, each behind its own number, so that one program holds all of them
/// and is the original while none is on. A fault whose text is not found exactly once does not fit the sources: that is an error, since a
/// fault that silently is not there would seem to be survived.
/// </summary>
public static class SourceWeaver
{
    private const string CatalogName = "Mutation.g.cs";

    /// <summary>Writes the woven sources of <paramref name="projects"/>, folders below <paramref name="root"/>, to <paramref name="output"/>.</summary>
    /// <exception cref="FaultException">A fault is not understood or does not fit.</exception>
    public static void Weave(string faultFolder, string root, IReadOnlyList<string> projects, string output)
    {
        var sources = Read(root, projects);
        var faults = Directory.EnumerateFiles(faultFolder, "*" + FaultFile.Extension)
            .Order(StringComparer.Ordinal)
            .Select(static path => FaultFile.Parse(path, File.ReadAllLines(path)))
            .ToList();
        var woven = Apply(sources, faults);
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        foreach (var (file, text) in woven)
        {
            // Errors and stack traces name the original.
            Write(Path.Combine(output, file), $"#line 1 \"{Path.GetFullPath(Path.Combine(root, file))}\"\n{text}");
        }

        Write(Path.Combine(output, CatalogName), Catalog(faults));
    }

    /// <summary>The sources with all faults built in; faults are numbered from 1.</summary>
    public static IReadOnlyDictionary<string, string> Apply(IReadOnlyDictionary<string, string> sources, IReadOnlyList<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var woven = new SortedDictionary<string, string>(sources.ToDictionary(), StringComparer.Ordinal);
        for (var i = 0; i < faults.Count; i++)
        {
            foreach (var edit in faults[i].Edits)
            {
                // Once in the original: it is about the program as it is. Once by now: another fault may have touched it.
                RequireOnce(faults[i], edit, sources, "");
                RequireOnce(faults[i], edit, woven, ", once other mutants are built in");
                woven[edit.File] = woven[edit.File].Replace(edit.Old, edit.New.Replace(FaultFile.Condition, ConditionOf(i + 1), StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }

        return woven;
    }

    /// <summary>A class with the switch and the list of all faults.</summary>
    public static string Catalog(IReadOnlyList<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var text = new StringBuilder();
        text.AppendLine("namespace Bayou.Mutants;");
        text.AppendLine();
        text.AppendLine("/// <summary>The faults that are built into this program.</summary>");
        text.AppendLine("public static class Mutation");
        text.AppendLine("{");
        text.AppendLine("    /// <summary>Number of the one that is on, as it stands in <see cref=\"All\"/>, counted from 1; 0 for none.</summary>");
        text.AppendLine("    public static int Active { get; set; }");
        text.AppendLine();
        text.AppendLine("    public static System.Collections.Generic.IReadOnlyList<(string Name, string Title, string[] NoticedBy)> All { get; } = new (string, string, string[])[]");
        text.AppendLine("    {");
        foreach (var fault in faults)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"        (\"{Escape(fault.Name)}\", \"{Escape(fault.Title)}\", [{string.Join(", ", fault.NoticedBy.Select(text => $"\"{Escape(text)}\""))}]),");
        }

        text.AppendLine("    };");
        text.AppendLine("}");
        return text.ToString();
    }

    private static string ConditionOf(int number) => string.Create(CultureInfo.InvariantCulture, $"(global::Bayou.Mutants.Mutation.Active == {number})");

    private static void RequireOnce(Fault fault, FaultEdit edit, IReadOnlyDictionary<string, string> sources, string condition)
    {
        if (!sources.TryGetValue(edit.File, out var text))
        {
            throw new FaultException(fault.Path, edit.Line, $"Mutant {fault.Name}: there is no {edit.File}.");
        }

        var first = text.IndexOf(edit.Old, StringComparison.Ordinal);
        if (first < 0)
        {
            throw new FaultException(fault.Path, edit.Line, $"Mutant {fault.Name}: its text is not in {edit.File}{condition}.");
        }

        if (text.IndexOf(edit.Old, first + 1, StringComparison.Ordinal) >= 0)
        {
            throw new FaultException(fault.Path, edit.Line, $"Mutant {fault.Name}: its text is in {edit.File} more than once{condition}.");
        }
    }

    private static Dictionary<string, string> Read(string root, IReadOnlyList<string> projects)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var project in projects)
        {
            foreach (var path in Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            {
                var file = Path.GetRelativePath(root, path).Replace('\\', '/');
                if (!file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                {
                    sources[file] = File.ReadAllText(path).ReplaceLineEndings("\n");
                }
            }
        }

        return sources;
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
