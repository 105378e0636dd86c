namespace Bayou.Storage.Journal;

/// <summary>The thread that writes. When it fails, it fails for good: whoever waits on the journal learns it from the owner.</summary>
internal sealed class JournalThread : IDisposable
{
    private readonly JournalWriter _writer;
    private readonly Action<Exception> _fail;
    private readonly Thread _thread;
    private readonly ManualResetEvent _ended = new(initialState: false);
    private volatile bool _stopping;

    public JournalThread(JournalWriter writer, Action<Exception> fail)
    {
        _writer = writer;
        _fail = fail;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    /// <summary>Waits for an event of the writer; throws when the writer ends instead, and where the writer would wait for itself.</summary>
    public void WaitFor(ManualResetEventSlim done)
    {
        if (Thread.CurrentThread == _thread)
        {
            throw new InvalidOperationException("A callback of the store waits for the very thread that it is on.");
        }

        if (WaitHandle.WaitAny([done.WaitHandle, _ended]) == 1 && !done.IsSet)
        {
            throw new DiskFailureException("The journal has stopped.");
        }
    }

    /// <summary>Writes what is queued and ends the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _writer.Wake();
        _thread.Join();
        _ended.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                // Read before the queue: what was queued before the stop is still written.
                var stopping = _stopping;
                if (_writer.WriteBatch())
                {
                    continue;
                }

                if (stopping)
                {
                    return;
                }

                _writer.Wait();
            }
        }
        catch (Exception e)
        {
            _fail(e);
        }
        finally
        {
            _ended.Set();
        }
    }
}
