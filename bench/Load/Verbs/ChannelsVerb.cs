using System.CommandLine;
using System.Text;
using Bayou.Load.Nats;
using Bayou.Load.Protocol;
using Bayou.Load.Stan;

namespace Bayou.Load.Verbs;

/// <summary>Creates many channels with one message each: for the memory of a server and the time it takes to start with them.</summary>
public sealed class ChannelsVerb
{
    private const int Window = 256;

    private readonly HoldOptions _options = new(count: 10_000);
    private readonly Option<int> _size = new("--size", "-s") { Description = "Payload bytes", DefaultValueFactory = _ => 128 };

    public static Command Create()
    {
        var verb = new ChannelsVerb();
        var command = new Command("channels", "Create STAN channels with one message each and wait; prints the server's memory");
        verb._options.AddTo(command);
        command.Options.Add(verb._size);
        command.SetAction(verb.Execute);
        return command;
    }

    private int Execute(ParseResult parse)
    {
        var memory = new MemoryLog(_options.BindProcesses(parse));
        memory.Print("before");
        using var connection = NatsConnection.Open(_options.BindServer(parse), "load-channels", _options.BindPatience(parse));
        var session = StanSession.Open(connection, parse.GetRequiredValue(_options.Stan.ClusterId), "channels");
        int count = parse.GetValue(_options.Count);
        CreateChannels(session, count, Payload.Create(Math.Max(Stamp.Size, parse.GetValue(_size))));
        memory.Print($"{count:N0} channels");
        SessionKeeper.Keep([session], _options.BindHold(parse));
        memory.Print("after waiting");
        session.Close();
        return 0;
    }

    private static void CreateChannels(StanSession session, int count, byte[] data)
    {
        string ackInbox = "_STAN.acks." + UniqueName.Token();
        int ackSid = session.Connection.Subscribe(ackInbox);
        string prefix = UniqueName.Subject();
        for (int sent = 0, open = 0; sent < count || open > 0;)
        {
            if (sent < count && open < Window)
            {
                string channel = $"{prefix}.{sent}";
                var message = new StanPublish(session, channel, Encoding.ASCII.GetBytes(channel), data);
                session.Connection.Publish(session.PublishSubject(channel), ackInbox, message.Bytes);
                sent++;
                open++;
                continue;
            }

            var reply = session.Connection.Receive();
            if (session.TryAnswerHeartbeat(reply))
                continue;
            if (reply.Sid != ackSid || reply.IsNoResponders)
                throw new LoadException("Something else than an acknowledgement arrived.");
            StanPublish.ReadAck(reply.Payload);
            open--;
        }
    }
}
