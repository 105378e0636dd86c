using System.Diagnostics;

namespace Bayou.Load.Reporting;

/// <summary>One line on the terminal that says how far the run is; silent when the error stream is not a terminal.</summary>
public sealed class ProgressLine(bool isQuiet)
{
    private readonly bool _isShown = !isQuiet && !Console.IsErrorRedirected;
    private readonly Lock _drawing = new();
    private string _title = "";
    private long _done;
    private long _lastDrawn;

    public void Begin(string title)
    {
        _title = title;
        Interlocked.Exchange(ref _done, 0);
        Draw(force: true);
    }

    /// <summary>Counts messages; cheap enough to be called for every batch by every thread.</summary>
    public void Add(long messages)
    {
        if (!_isShown)
            return;
        Interlocked.Add(ref _done, messages);
        Draw(force: false);
    }

    public void End()
    {
        if (_isShown)
            Console.Error.Write("\r\u001b[K");
    }

    private void Draw(bool force)
    {
        if (!_isShown || (!force && Stopwatch.GetElapsedTime(Volatile.Read(ref _lastDrawn)).TotalMilliseconds < 250))
            return;
        lock (_drawing)
        {
            Volatile.Write(ref _lastDrawn, Stopwatch.GetTimestamp());
            Console.Error.Write($"\r\u001b[K{_title}: {Interlocked.Read(ref _done):N0} messages");
        }
    }
}
