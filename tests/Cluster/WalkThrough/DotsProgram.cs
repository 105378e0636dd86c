using System.Diagnostics;
using System.Text.Json;
using Bayou.TestKit;

namespace Bayou.ClusterTests.WalkThrough;

/// <summary>A client program that publishes all the time and prints a dot for each message that it receives.</summary>
internal sealed class DotsProgram : IAsyncDisposable
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    private readonly Process _process;
    private readonly Lock _counting = new();
    private readonly TaskCompletionSource<DotsReport> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _outputs;
    private TaskCompletionSource _milestone = new();
    private int _awaited = int.MaxValue;
    private int _dots;

    private DotsProgram(Process process)
    {
        _process = process;
        _outputs = ReadAsync();
    }

    public static DotsProgram Start(IReadOnlyList<string> command) => new(Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
    {
        RedirectStandardError = true,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!);

    /// <summary>Ends when so many more dots than now are printed; fails when the program ends before that.</summary>
    public async Task AdvanceAsync(int count)
    {
        Task milestone;
        lock (_counting)
        {
            _awaited = _dots + count;
            _milestone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            milestone = _milestone.Task;
        }

        Task first = await Task.WhenAny(milestone, _report.Task).WaitAsync(Patience.Long);
        await first;
        if (first != milestone) throw new InvalidOperationException("The program ended by itself.");
    }

    /// <summary>Has it publish no more, and tell what it saw.</summary>
    public async Task<DotsReport> StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        await _process.StandardInput.FlushAsync();
        return await _report.Task.WaitAsync(2 * Patience.Long);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _outputs;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        var sign = new char[1];
        while (await _process.StandardOutput.ReadAsync(sign) == 1 && sign[0] != '\n')
        {
            if (sign[0] == '.') OnDot();
        }

        string report = await _process.StandardOutput.ReadToEndAsync();
        string trouble = await errors;
        try
        {
            _report.TrySetResult(JsonSerializer.Deserialize<DotsReport>(report, CamelCase)! with { Errors = trouble });
        }
        catch (JsonException e)
        {
            _report.TrySetException(new InvalidOperationException($"The program did not report: {report}\n{trouble}", e));
        }
    }

    private void OnDot()
    {
        lock (_counting)
        {
            if (++_dots >= _awaited) _milestone.TrySetResult();
        }
    }
}
