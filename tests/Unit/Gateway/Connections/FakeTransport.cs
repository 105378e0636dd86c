using System.IO.Pipelines;
using System.Net;
using System.Text;
using Bayou.Gateway.Connections;

namespace Bayou.Unit.Gateway.Connections;

/// <summary>Takes bytes at once, or holds the writer up until told otherwise.</summary>
internal sealed class FakeTransport : IConnectionTransport
{
    private TaskCompletionSource? _blocked;

    /// <summary>Whether what was written can be looked at.</summary>
    public bool KeepsWrites { get; init; } = true;

    public List<string> Writes { get; } = [];

    public bool IsAborted { get; private set; }

    public int CancelReadCount { get; private set; }

    public IPEndPoint? RemoteEndPoint => null;

    public PipeReader Input => throw new NotSupportedException("Nothing is read here.");

    public string Written => string.Concat(Writes);

    public void Block() => _blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock()
    {
        TaskCompletionSource? blocked = _blocked;
        _blocked = null;
        blocked?.SetResult();
    }

    public void Break() => _blocked?.SetException(new IOException("broken"));

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (KeepsWrites) Writes.Add(Encoding.Latin1.GetString(bytes.Span));
        return _blocked is { } blocked ? new ValueTask(blocked.Task) : ValueTask.CompletedTask;
    }

    public void CancelRead() => CancelReadCount++;

    public void Abort() => IsAborted = true;
}
