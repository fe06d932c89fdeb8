package io.deepincubation.core.machine;

import ai.djl.Device;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.thread.Daemons;
import java.lang.management.ManagementFactory;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches the memory of this process from its start until it is closed.
 *
 * <p>The resident size is sampled, since it falls again within a step; where the system's own mark
 * of the highest has risen meanwhile, that is the exact value.
 */
public final class MemoryWatch implements AutoCloseable {

  /** Every second would take 1 % of the processor that a task of one core computes on. */
  private static final Duration GLANCE = Duration.ofSeconds(5);

  /** The longest that a collection is waited for: Java may be told to make none when asked. */
  private static final Duration COLLECTION = Duration.ofSeconds(2);

  private final Device device;
  private final long highestBefore = ResidentMemory.highestBytes();
  private final ScheduledExecutorService timer = Daemons.timer("deep-incubation-memory");
  private long process;
  private long heap;
  private long onDevice;

  private MemoryWatch(Device device) {
    this.device = device;
  }

  /**
   * Starts to watch.
   *
   * @param device whose memory counts too, if it is a GPU
   */
  public static MemoryWatch start(Device device) {
    var watch = new MemoryWatch(device);
    var unused =
        watch.timer.scheduleWithFixedDelay(
            watch::look, 0, GLANCE.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  /**
   * Bytes that this process, or its GPU's memory, grows by at most during some work, which nobody
   * else does any at the same time. Freed memory is given back before; on a GPU none is meanwhile.
   *
   * @param device that the work is done on
   * @return nothing where the system keeps no account of it
   */
  public static OptionalLong growth(Device device, Runnable work) {
    freeBuffers();
    TorchEngine.giveBackFreedMemory();
    return device.isGpu() ? growthOnGpu(device, work) : growthOfProcess(work);
  }

  /**
   * Frees the buffers outside the heap that nobody reads any more, which Java would else free
   * during the work. One thread goes through what a collection found, so a second collection's find
   * is told of after all of the first's are freed.
   */
  private static void freeBuffers() {
    var cleaner = Cleaner.create();
    for (int collection = 0; collection < 2; collection++) {
      var freed =
          new CompletableFuture<Boolean>()
              .completeOnTimeout(false, COLLECTION.toMillis(), TimeUnit.MILLISECONDS);
      var unused = cleaner.register(new Object(), () -> freed.complete(true));
      System.gc();
      freed.join();
    }
  }

  private static OptionalLong growthOnGpu(Device gpu, Runnable work) {
    long before = TorchEngine.usedBytes(gpu);
    work.run();
    return before == 0
        ? OptionalLong.empty()
        : OptionalLong.of(TorchEngine.usedBytes(gpu) - before);
  }

  private static OptionalLong growthOfProcess(Runnable work) {
    if (!ResidentMemory.forgetHighest()) {
      work.run();
      return OptionalLong.empty();
    }
    long before = ResidentMemory.bytes();
    work.run();
    return OptionalLong.of(ResidentMemory.highestBytes() - before);
  }

  private synchronized void look() {
    process = Math.max(process, ResidentMemory.bytes());
    heap = Math.max(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    onDevice = Math.max(onDevice, TorchEngine.usedBytes(device));
  }

  /** The most that was in use so far. */
  public synchronized MemoryUse most() {
    look();
    long highest = ResidentMemory.highestBytes();
    return new MemoryUse(
        highest > highestBefore ? highest : process, heap, device.isGpu() ? onDevice : null);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
