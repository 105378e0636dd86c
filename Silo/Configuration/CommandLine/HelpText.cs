using System.Text;

namespace Bayou.Silo.Configuration.CommandLine;

/// <summary>What <c>-h</c> prints.</summary>
internal static class HelpText
{
    private const int DescriptionColumn = 38;

    private const int LineWidth = 100;

    public static string Usage { get; } = Write();

    /// <summary>What <c>--help_tls</c> prints.</summary>
    public static string Tls { get; } = """
        TLS for the connections of clients: --tlscert and --tlskey name a certificate and its private key, both PEM and
        without a password; certificates between it and its root follow it in its file. With --tlsverify clients need a
        certificate as well, from those in --tlscacert. In a configuration file:

            tls {
              cert_file: "server.pem"
              key_file: "server-key.pem"
              ca_file: "clients-ca.pem"
              verify: true
              timeout: 2
            }

        TLS 1.2 and 1.3 are spoken; min_version: "1.3" leaves the latter. cipher_suites and pinned_certs are as in nats-server.

        """;

    private static string Write()
    {
        var text = new StringBuilder("""

            Usage: bayou [options]
                   bayou cluster <command>                look at a running cluster, or change it
                   bayou channel <command>                look at its channels, or change them
                   bayou import --from <dir> [options]    take over the store of a nats-streaming-server

            """);
        foreach (var group in FlagTable.All.GroupBy(flag => flag.Group))
        {
            text.Append('\n').Append(Heading(group.Key)).Append('\n');
            if (group.Key == FlagGroup.Later)
                WriteNames(text, group);
            else
                WriteDescriptions(text, group);
        }

        return text.Append("\nFlags may be written with one dash or two, and with '=' or a space before the argument.\n").ToString();
    }

    private static string Heading(FlagGroup group) => group switch
    {
        FlagGroup.Server => "Server options:",
        FlagGroup.Logging => "Logging options:",
        FlagGroup.Streaming => "Streaming options:",
        FlagGroup.Limits => "Streaming store limits:",
        FlagGroup.Authorization => "Authorization options:",
        FlagGroup.Cluster => "Cluster options:",
        FlagGroup.Common => "Common options:",
        _ => "Known for compatibility, without effect yet (a warning names the ones that were given) or refused:",
    };

    private static void WriteDescriptions(StringBuilder text, IEnumerable<Flag> flags)
    {
        foreach (var flag in flags)
        {
            var names = string.Join(", ", flag.Names.Select(Dashed)) + (flag.IsSwitch ? "" : $" <{flag.Argument}>");
            text.Append("    ").Append(names.PadRight(DescriptionColumn)).Append(' ').Append(flag.Help).Append('\n');
        }
    }

    private static void WriteNames(StringBuilder text, IEnumerable<Flag> flags)
    {
        var line = "   ";
        foreach (var name in flags.SelectMany(flag => flag.Names).Select(Dashed))
        {
            if (line.Length + name.Length + 1 > LineWidth)
            {
                text.Append(line).Append('\n');
                line = "   ";
            }

            line += " " + name;
        }

        text.Append(line).Append('\n');
    }

    private static string Dashed(string name) => name.Length > 3 ? "--" + name : "-" + name;
}
