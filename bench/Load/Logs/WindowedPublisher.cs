using Bayou.Load.Protocol;
using Bayou.Load.Reporting;
using Bayou.Load.Scenarios;

namespace Bayou.Load.Logs;

/// <summary>Publishes without waiting for acknowledgements, up to a window of open ones. Uses two threads: one writes, one reads acks.</summary>
public sealed class WindowedPublisher(IPublishPort port, int index, Workload workload, int window, Gate acknowledged, ProgressLine progress)
{
    // Woken for each single ack, a publisher would write single messages. It waits until an eighth of the window is free instead,
    // which leaves the server seven eighths to work on.
    private readonly int _refill = Math.Max(1, window / 8);
    private readonly OutputBuffer _output = workload.CreateOutput(port.Connection);
    private readonly AckLedger _ledger = new(window);
    private long _published;
    private long _total = -1;

    /// <summary>Messages acknowledged.</summary>
    public long Count => _ledger.Count;

    public void Publish()
    {
        var quota = workload.QuotaOf(index);
        for (bool isLast = false; !isLast;)
        {
            if (_published - acknowledged.Value >= window)
            {
                _output.Flush();
                acknowledged.WaitFor(_published - window + _refill);
            }

            isLast = quota.IsLast(_published);
            // Both before the write: the ack may be there before this thread goes on.
            long number = _published;
            Volatile.Write(ref _published, number + 1);
            if (isLast)
                Volatile.Write(ref _total, number + 1);
            port.Write(_output, new Stamp(index, number, isLast));
        }

        _output.Flush();
    }

    public void ReadAcks()
    {
        while (_ledger.Count != Volatile.Read(ref _total))
        {
            port.Connection.Fill();
            long before = _ledger.Count;
            while (port.Connection.TryReceive(out var message))
            {
                if (port.ReadAck(message) is { } number)
                    _ledger.Accept(number, Volatile.Read(ref _published));
            }

            acknowledged.Advance(_ledger.Count);
            progress.Add(_ledger.Count - before);
        }
    }
}
