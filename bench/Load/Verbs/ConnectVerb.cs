using System.CommandLine;
using Bayou.Load.Nats;
using Bayou.Load.Stan;

namespace Bayou.Load.Verbs;

/// <summary>Opens many STAN clients with one subscription each and keeps them: for the memory of a server.</summary>
public sealed class ConnectVerb
{
    // Idle clients receive heartbeats only.
    private const int ReadBuffer = 2048;

    private readonly HoldOptions _options = new(count: 1000);

    public static Command Create()
    {
        var verb = new ConnectVerb();
        var command = new Command("connect", "Open STAN clients with one subscription each and keep them; prints the server's memory");
        verb._options.AddTo(command);
        command.Options.Add(verb._options.Stan.Channel);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        var memory = new MemoryLog(_options.BindProcesses(parse));
        memory.Print("before");
        List<StanSession> sessions = [];
        try
        {
            int count = parse.GetValue(_options.Count);
            for (int i = 0; i < count; i++)
                sessions.Add(Open(parse, i));
            memory.Print($"{count:N0} clients");
            SessionKeeper.Keep(sessions, _options.BindHold(parse));
            memory.Print("after holding them");
            sessions.ForEach(session => session.Close());
            memory.Print("closed");
            return 0;
        }
        finally
        {
            sessions.ForEach(session => session.Connection.Dispose());
        }
    }

    private StanSession Open(ParseResult parse, int index)
    {
        var connection = NatsConnection.Open(_options.BindServer(parse), $"load-client-{index}", _options.BindPatience(parse), ReadBuffer);
        var session = StanSession.Open(connection, parse.GetRequiredValue(_options.Stan.ClusterId), $"client-{index}");
        string inbox = UniqueName.Inbox();
        connection.Subscribe(inbox);
        session.Subscribe(parse.GetRequiredValue(_options.Stan.Channel), inbox, maxInFlight: 1024, StartPosition.NewOnly);
        return session;
    }
}
