using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Microsoft.Extensions.Logging;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// Gathers acks for one ack inbox and passes them on in batches: one call is under way, and what arrives meanwhile forms the next.
/// </summary>
internal sealed class AckCollector(AckInbox inbox, IGrainFactory grains, Task serving, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly ISubscriptionGrain _subscription = grains.GetGrain<ISubscriptionGrain>(inbox.Subscription.ToGrainKey());
    private readonly List<SequenceRange> _ranges = [];
    private TaskCompletionSource? _delivered;
    private bool _isSending;

    /// <summary>Whether it is on its connection's list of what the present read touched. On the read loop only.</summary>
    public bool IsTouched { get; set; }

    public void Add(ulong sequence)
    {
        lock (_gate)
        {
            if (_ranges.Count > 0 && _ranges[^1].Last + 1 == sequence)
            {
                _ranges[^1] = _ranges[^1] with { Last = sequence };
            }
            else
            {
                _ranges.Add(new SequenceRange(sequence, sequence));
            }
        }
    }

    /// <summary>Sends what was gathered unless a call is under way, which will then do it.</summary>
    public void Send()
    {
        lock (_gate)
        {
            if (_isSending || _ranges.Count == 0)
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAllAsync();
    }

    public Task WhenDeliveredAsync()
    {
        lock (_gate)
        {
            if (!_isSending && _ranges.Count == 0)
            {
                return Task.CompletedTask;
            }

            _delivered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Send();
        return _delivered?.Task ?? Task.CompletedTask;
    }

    private async Task SendAllAsync()
    {
        await serving;
        while (TryTake(out var ranges))
        {
            try
            {
                await _subscription.AckAsync(new AckBatch(inbox.Secret, ranges));
            }
            catch (Exception exception) when (LeaderCalls.IsPassing(exception))
            {
                await SendAfterLeaderAsync(ranges);
            }
            catch (Exception exception)
            {
                // Whatever it was: acks that come later must not wait for ever. The protocol provides for it, what is not acknowledged
                // comes again.
                StreamingLog.AcksLost(logger, exception, inbox.Subscription);
            }
        }
    }

    private async Task SendAfterLeaderAsync(SequenceRange[] ranges)
    {
        try
        {
            await LeaderCalls.RetryAsync(time, () => _subscription.AckAsync(new AckBatch(inbox.Secret, ranges)));
        }
        catch (Exception exception)
        {
            StreamingLog.AcksLost(logger, exception, inbox.Subscription);
        }
    }

    private bool TryTake(out SequenceRange[] ranges)
    {
        lock (_gate)
        {
            if (_ranges.Count == 0)
            {
                _isSending = false;
                _delivered?.SetResult();
                _delivered = null;
                ranges = [];
                return false;
            }

            ranges = [.. _ranges];
            _ranges.Clear();
            return true;
        }
    }
}
