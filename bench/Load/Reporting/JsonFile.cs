using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bayou.Load.Reporting;

/// <summary>Writes figures for machines.</summary>
public static class JsonFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(string path, JsonNode json)
    {
        string text = json.ToJsonString(Indented);
        if (path == "-")
            Console.Out.WriteLine(text);
        else
            File.WriteAllText(path, text + Environment.NewLine);
    }
}
