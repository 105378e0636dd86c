namespace Bayou.Gateway.Streaming;

/// <summary>When a request is given up: after some time, or because whoever should answer is out of reach.</summary>
internal sealed class RequestLimit : IDisposable
{
    private readonly CancellationTokenSource _overdue;
    private readonly CancellationTokenSource _either;

    public RequestLimit(TimeSpan patience, TimeProvider time, CancellationToken withdrawn)
    {
        _overdue = new CancellationTokenSource(patience, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_overdue.Token, withdrawn);
        Reached = _either.Token;
    }

    public CancellationToken Reached { get; }

    public void Dispose()
    {
        _either.Dispose();
        _overdue.Dispose();
    }
}
