package io.deepincubation.core.script;

import ai.djl.pytorch.jni.JniUtils;

/**
 * The calling thread's autograd mode, restored on close.
 *
 * <p>DJL's {@code GradientCollector} holds one flag for the whole JVM, so that a second training
 * task would be refused; libtorch's own mode belongs to the thread.
 */
public final class GradientMode implements AutoCloseable {

  private final boolean before;

  private GradientMode(boolean recording) {
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(recording);
  }

  /** Autograd records the operations of this thread until close. */
  public static GradientMode recording() {
    return new GradientMode(true);
  }

  /** No operation of this thread builds a graph until close. */
  public static GradientMode frozen() {
    return new GradientMode(false);
  }

  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
