package io.deepincubation.core.network;

import org.jspecify.annotations.Nullable;

/**
 * A task's loss as TorchScript: once for autograd, and once with its gradient written out for
 * programs that do without, see {@link NetworkGradients}. B images have outputs of B x ... and
 * targets of B x ..., as the task says.
 *
 * @param forward a method {@code loss(self, outputs: Tensor, targets: Tensor) -> Tensor} that gives
 *     the mean loss of the images, a scalar in fp32
 * @param back a method {@code loss_back(self, outputs: Tensor, targets: Tensor, total: Tensor,
 *     share: float) -> Tensor} that adds the share of the mean loss to the total in place, and
 *     gives the gradient of that share by the outputs, of their shape; null where autograd has to
 *     find it
 */
public record LossProgram(String forward, @Nullable String back) {}
