using Bayou.Silo.Configuration;
using CsCheck;
using Xunit;

namespace Bayou.Unit.Silo;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1s", 1_000)]
    [InlineData("500ms", 500)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1_000)]
    [InlineData("-2m", -120_000)]
    [InlineData("+2m", 120_000)]
    [InlineData("2m3s4ms", 123_004)]
    [InlineData("1000us", 1)]
    [InlineData("1000µs", 1)]
    [InlineData("1000000ns", 1)]
    public void AGoDuration_IsRead(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1d")]
    [InlineData("1..5s")]
    [InlineData("--1s")]
    [InlineData("00:01:00")]
    [InlineData("1000000000000h")]
    public void AnythingElse_IsNot(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Fact]
    public void WhatIsPrinted_IsReadBack() => Gen.Long[-1_000_000_000_000, 1_000_000_000_000].Sample(ticks =>
        GoDuration.TryParse(GoDuration.Format(TimeSpan.FromTicks(ticks)), out var duration) && duration.Ticks == ticks);
}
