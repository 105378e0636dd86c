using Bayou.Load.Reporting;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Load;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void AnyPercentile_IsWithinOnePercentOfTheSortedValues() =>
        Gen.Long[0, 60_000_000_000].Array[1, 200].Select(Gen.Double[0.01, 1.0]).Sample((values, fraction) =>
        {
            var histogram = new LatencyHistogram();
            foreach (long value in values)
                histogram.Record(value);
            long[] sorted = [.. values.Order()];
            double exact = sorted[Math.Max(1, (int)Math.Ceiling(fraction * sorted.Length)) - 1] / 1000.0;

            return histogram.Percentile(fraction) >= exact && histogram.Percentile(fraction) <= exact * 1.01 + 0.001;
        });

    [Fact]
    public void AddedHistograms_CountTogether()
    {
        var (first, second) = (new LatencyHistogram(), new LatencyHistogram());
        first.Record(1000);
        second.Record(100_000);
        second.Record(100_000);

        first.Add(second);

        Assert.Equal(1, first.Percentile(0.3), 0.01);
        Assert.Equal(100, first.Percentile(0.5), 0.01);
    }

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    public void Median_IsTheMiddle(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));
}
