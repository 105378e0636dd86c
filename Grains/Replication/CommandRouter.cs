using Bayou.Grains.Replication.Peers;
using Bayou.Grains.Replication.Peers.Wire;
using Bayou.Records;
using Google.Protobuf;

namespace Bayou.Grains.Replication;

/// <summary>
/// Brings commands for a group to the silo that leads it, and the results back. A command that found no leader is tried again
/// until its time is up; one whose fate nobody knows is reported as such, and its caller looks at the state before it goes on.
/// </summary>
internal sealed class CommandRouter(ReplicaServices services, Func<GroupId, Replica?> find, Func<GroupId, ReplicaWorker> workerOf, TimeSpan patience)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, TaskCompletionSource<CommandResult>> _asked = [];
    private ulong _nextRequest = services.Peers.Current.FirstRequest;

    /// <summary>Completed with the encoded result of the command.</summary>
    /// <exception cref="ReplicaUnavailableException">No leader was found in time, or nobody can say what became of the command.</exception>
    public async Task<ReadOnlyMemory<byte>> ProposeAsync(GroupId group, ReadOnlyMemory<byte> command, Func<object?, byte[]> encode)
    {
        var deadline = services.Now + patience.Ticks;
        while (true)
        {
            ReplicaUnavailableException failure;
            try
            {
                return encode(await Local(group).ProposeAsync(command));
            }
            catch (ReplicaUnavailableException exception) when (exception.Reason != ReplicaUnavailability.Unknown)
            {
                failure = exception;
            }

            if (failure.Leader is { } leader && await TryAskAsync(leader, group, command) is { } result)
            {
                return result;
            }

            if (services.Now >= deadline)
            {
                throw failure;
            }

            await Task.Delay(Pause, services.Time);
        }
    }

    /// <summary>Another silo took this one for the leader. Any thread.</summary>
    public void OnCommand(SiloNumber from, Command command, Func<object?, byte[]> encode)
    {
        var group = new GroupId(command.Group);
        if (find(group) is { } replica)
        {
            replica.Post(new RemoteCommand(replica, from, command, encode));
        }
    }

    /// <summary>Any thread.</summary>
    public void OnResult(CommandResult result)
    {
        lock (_gate)
        {
            if (_asked.Remove(result.Request, out var asked))
            {
                asked.SetResult(result);
            }
        }
    }

    private Replica Local(GroupId group) =>
        find(group) ?? throw new ReplicaUnavailableException("This silo has no replica of the group yet.") { Reason = ReplicaUnavailability.NoQuorum };

    /// <summary>The result; null if the silo asked does not lead after all.</summary>
    private async Task<ReadOnlyMemory<byte>?> TryAskAsync(string leader, GroupId group, ReadOnlyMemory<byte> command)
    {
        var target = services.Peers.Current.NumberOf(leader);
        if (!services.Liveness.IsAlive(target))
        {
            return null;
        }

        var asked = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong request;
        lock (_gate)
        {
            request = _nextRequest++;
            _asked.Add(request, asked);
        }

        var content = new Command { Group = group.Value, Request = request, Data = ByteString.CopyFrom(command.Span) };
        workerOf(group).Post(new WorkerAction(worker => worker.Outbox.Add(target, PeerLane.Control, FrameItem.Command, content)));
        try
        {
            if (!await asked.Task.EndsWithinAsync(services.Options.ProposalTimeout + Pause, services.Time))
            {
                throw new ReplicaUnavailableException($"Silo {leader} was given a command and did not answer.");
            }

            var result = await asked.Task;
            return result.Outcome switch
            {
                CommandOutcome.Applied => result.Result.Memory,
                CommandOutcome.Refused => null,
                _ => throw new ReplicaUnavailableException("The leader lost its office while the command was under way."),
            };
        }
        finally
        {
            lock (_gate)
            {
                _asked.Remove(request);
            }
        }
    }

    /// <summary>A command of another silo, answered over the link.</summary>
    private sealed class RemoteCommand(Replica replica, SiloNumber from, Command command, Func<object?, byte[]> encode) : Proposal(replica)
    {
        public override bool TryPrepare(ulong term, List<ReadOnlyMemory<byte>> commands)
        {
            commands.Add(command.Data.Memory);
            return true;
        }

        public override void Complete(object? result) =>
            Reply(new CommandResult { Outcome = CommandOutcome.Applied, Result = UnsafeByteOperations.UnsafeWrap(encode(result)) });

        public override void Fail(ReplicaUnavailableException reason) => Reply(new CommandResult
        {
            Outcome = reason.Reason == ReplicaUnavailability.Unknown ? CommandOutcome.Unknown : CommandOutcome.Refused,
        });

        private void Reply(CommandResult result)
        {
            result.Request = command.Request;
            Replica.Send(from, PeerLane.Control, FrameItem.CommandResult, result);
        }
    }
}
