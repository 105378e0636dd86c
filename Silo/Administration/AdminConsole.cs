using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary>What the commands for a running server have in common: which server, how its answer is written, and what that makes of the exit code.</summary>
internal sealed class AdminConsole(TextWriter output, TextWriter errors)
{
    private const string DefaultServer = "http://127.0.0.1:8222";

    private readonly Option<Uri> _server = new("--server")
    {
        Description = "Monitoring address of a server; user:password@ or token@ before the host where it asks for that",
        DefaultValueFactory = static _ => new Uri(DefaultServer),
        CustomParser = ParseServer,
        Recursive = true,
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print the server's answer as it is", Recursive = true };

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only say what would be done" };

    public TextWriter Errors => errors;

    /// <summary>Gives a command, and those below it, the options that all have.</summary>
    public Command Extend(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_json);
        return command;
    }

    /// <summary>Speaks to the server that the command line names.</summary>
    public AdminClient Connect(ParseResult parse) => new(parse.GetValue(_server)!);

    /// <summary>Asks, and writes the answer: as it came, or by <paramref name="format"/>.</summary>
    public async Task<int> ExecuteAsync(ParseResult parse, Func<AdminClient, Task<AdminAnswer>> ask, Func<JsonElement, string> format)
    {
        try
        {
            using var client = Connect(parse);
            var answer = await ask(client);
            if (parse.GetValue(_json))
            {
                await output.WriteAsync(answer.Text);
            }
            else
            {
                await (answer.IsSuccess ? output : errors).WriteAsync(answer.IsSuccess ? format(answer.Content) : AdminTables.Action(answer.Content));
            }

            return answer.ExitCode;
        }
        catch (HttpRequestException exception)
        {
            await errors.WriteLineAsync($"{parse.GetValue(_server)}: {exception.Message}");
            return AdminExitCode.Unavailable;
        }
    }

    private static Uri? ParseServer(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https")
        {
            return server;
        }

        argument.AddError($"\"{text}\" is no address such as {DefaultServer}.");
        return null;
    }
}
