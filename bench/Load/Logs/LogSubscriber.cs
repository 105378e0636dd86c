using Bayou.Load.Protocol;
using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Logs;

/// <summary>Receives everything that is published in a run, acknowledges each message, and checks order and content.</summary>
public sealed class LogSubscriber(ISubscribePort port, Workload workload, ProgressLine progress)
{
    private readonly OutputBuffer _acks = new(port.Connection);
    private readonly OrderCheck _check = new(workload.Publishers, workload.SizeBytes);

    public long Count => _check.Count;

    public void Run()
    {
        while (!_check.IsComplete)
        {
            long before = _check.Count;
            while (port.Connection.TryReceive(out var message))
            {
                if (port.TryAccept(message, _acks, out var payload))
                    _check.Accept(payload);
            }

            _acks.Flush();
            progress.Add(_check.Count - before);
            if (!_check.IsComplete)
                port.Connection.Fill();
        }
    }
}
